package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpusetController;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One run: the owner of its cgroup, its launcher and its state. One thread takes events from the
/// mailbox, asks [Lifecycle] what follows, and does it; everybody else only puts events in.
public final class RunActor implements Run, LauncherProcess.Listener {
  /// CPU time is looked at no more often than this.
  private static final Duration SHORTEST_CPU_CHECK = Duration.ofMillis(5);

  private static final Duration NESTED_CHECK = Duration.ofSeconds(1);

  /// How long an adopted run's launcher may take to repeat what it has told before.
  private static final Duration GREETING_TIMEOUT = Duration.ofSeconds(2);

  private final RunId id;
  private final ExecutorSpec spec;
  private final Surroundings around;
  private final Origin origin;
  private final RunObserver observer;
  private final LinkedBlockingQueue<Lifecycle.Event> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> launched = new CompletableFuture<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final Deadlines deadlines = new Deadlines();
  // Set while the run is prepared; read by other threads after `launched`.
  private volatile Optional<Cgroup> cgroup = Optional.empty();
  private volatile Optional<LauncherProcess> launcher = Optional.empty();
  private volatile Optional<RunLimits> limits = Optional.empty();
  private volatile Phase phase = Phase.PREPARING;

  // By the launcher's clocks; CLOCK_MONOTONIC is System.nanoTime's, too.
  private volatile Instant started = Instant.now();
  private volatile long startedNanos = System.nanoTime();
  private volatile long endedNanos = startedNanos;

  // Of an adopted run, from its files.
  private volatile int knownLauncher;
  private volatile int knownLeader;

  // Of the run's thread alone.
  private Lifecycle.State state = Lifecycle.initial();
  private Optional<MemoryWatch> memoryWatch = Optional.empty();
  private Optional<Lifecycle.Event.CgroupGone> gone = Optional.empty();
  private MemoryWatch.Evidence evidence = MemoryWatch.Evidence.NONE;
  private Usage lastUsage = Usage.NONE;

  /// What all runs of an isolator share.
  ///
  /// @param controllers those that every run is under
  public record Surroundings(
      CgroupRoot root,
      Set<Controller> controllers,
      Path runtimeDirectory,
      Path launcherProgram,
      Duration destroyTimeout,
      CpuLedger ledger,
      ProcFs proc,
      int onlineCpus,
      KernelEvents events) {}

  /// A run of this process's own.
  public static RunActor attached(RunId id, ExecutorSpec spec, Surroundings around) {
    return new RunActor(id, spec, around, new Origin.Attached(), RunObserver.NONE);
  }

  /// A run that outlives this process.
  public static RunActor detached(
      RunId id, ExecutorSpec spec, Surroundings around, Detached how, RunObserver observer) {
    return new RunActor(id, spec, around, new Origin.Launched(how), observer);
  }

  /// A run that a process before this one has launched detached.
  ///
  /// @param decided why that one was about to end it
  public static RunActor adopted(
      RunId id,
      ExecutorSpec spec,
      Surroundings around,
      Optional<Verdict> decided,
      RunObserver observer) {
    return new RunActor(id, spec, around, new Origin.Adopted(decided), observer);
  }

  private RunActor(
      RunId id, ExecutorSpec spec, Surroundings around, Origin origin, RunObserver observer) {
    this.id = id;
    this.spec = spec;
    this.around = around;
    this.origin = origin;
    this.observer = observer;
  }

  // ---------------------------------------------------------------- the run's own thread

  /// Lives the whole life of the run.
  public void live() {
    try {
      RunDirectory directory = directory();
      Outcome end;
      try (CgroupRoot.Lease lease = lease(directory)) {
        end = live(lease, directory);
      } finally {
        around.ledger().release(id);
      }
      phase = Phase.ENDED;
      observer.ended(end);
      // Only now: whoever waits for it may end the process.
      launched.complete(0);
      outcome.complete(end);
    } catch (IsolatorException e) {
      fail(e);
    } catch (CgroupException | LinuxException e) {
      fail(new IsolatorException("cannot set up the run: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      fail(new IsolatorException("the run's thread failed: " + e, e));
    }
  }

  private RunDirectory directory() {
    return switch (origin) {
      case Origin.Attached() -> RunDirectory.create(around.runtimeDirectory(), id);
      case Origin.Launched _ -> RunDirectory.ensure(around.runtimeDirectory(), id);
      case Origin.Adopted _ -> RunDirectory.of(around.runtimeDirectory(), id);
    };
  }

  private boolean isAdopted() {
    return origin instanceof Origin.Adopted;
  }

  private CgroupRoot.Lease lease(RunDirectory directory) {
    try {
      return around.root().lease(around.controllers());
    } catch (RuntimeException e) {
      if (!isAdopted()) {
        alsoAfter(e, directory::delete);
      }
      throw e;
    }
  }

  private Outcome live(CgroupRoot.Lease lease, RunDirectory directory) {
    try {
      Cgroup own = lease.run(RunName.of(spec.id(), id).toString());
      if (origin instanceof Origin.Adopted(var decided)) {
        takeOver(own, lease, directory, decided);
      } else {
        prepare(own, lease, directory);
      }
      while (!(state instanceof Lifecycle.State.Destroyed)) {
        handle(nextEvent());
      }
      return finish((Lifecycle.State.Destroyed) state, lease, directory);
    } catch (RuntimeException | Error e) {
      abandon(lease, directory, e);
      throw e;
    }
  }

  private void fail(IsolatorException cause) {
    phase = Phase.ENDED;
    observer.failed(cause);
    launched.completeExceptionally(cause);
    outcome.completeExceptionally(cause);
  }

  private void prepare(Cgroup own, CgroupRoot.Lease lease, RunDirectory directory) {
    own.create();
    cgroup = Optional.of(own);
    new LimitWriter(own, id, around.ledger(), () -> pinnedByOthers(lease)).apply(spec.limits());
    limits = Optional.of(limits(own, lease));
    memoryWatch =
        MemoryWatch.start(own, lease.root(), around.proc(), spec.oomMode(), this::noticeMemory);
    launcher = Optional.of(startLauncher(own, lease, directory));
  }

  private RunLimits limits(Cgroup own, CgroupRoot.Lease lease) {
    return new RunLimits(
        own,
        id,
        around.ledger(),
        spec.limits(),
        () -> lease.root().cpuset().orElseThrow().cpus(),
        () -> pinnedByOthers(lease));
  }

  private void noticeMemory() {
    mailbox.add(new Lifecycle.Event.MemoryNotice());
  }

  /// Takes up a run where the process before this one has left it, with whatever of it is left.
  private void takeOver(
      Cgroup own, CgroupRoot.Lease lease, RunDirectory directory, Optional<Verdict> decided) {
    cgroup = Optional.of(own);
    // Before anybody can change its limits.
    pin(own);
    limits = Optional.of(limits(own, lease));
    decided
        .flatMap(Lifecycle.Ending::of)
        .ifPresent(ending -> mailbox.add(new Lifecycle.Event.StopRequested(ending, Duration.ZERO)));
    launcher = connect(directory);
    // After the knock: a launcher that has ended before it has written its last.
    RunFiles files = RunFiles.read(directory.path());
    files.pids().ifPresent(this::know);
    if (launcher.isPresent()) {
      resume(own, lease);
      if (files.pids().isPresent()) {
        deadlines.in(GREETING_TIMEOUT, this::goOn);
      }
      return;
    }
    memoryWatch = MemoryWatch.afterwards(own, lease.root(), around.proc(), spec.oomMode());
    endUnseen(
        files,
        new Lifecycle.Event.LaunchFailed(
            Verdict.OWN_ERROR_CODE, "its agent ended before it was started"));
  }

  /// Empty when there is no launcher any more. Any other failure is ours, not the run's end.
  private Optional<LauncherProcess> connect(RunDirectory directory) {
    try {
      return Optional.of(LauncherProcess.connect(directory.path(), around.events(), this));
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ECONNREFUSED)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void resume(Cgroup own, CgroupRoot.Lease lease) {
    try {
      memoryWatch =
          MemoryWatch.resume(own, lease.root(), around.proc(), spec.oomMode(), this::noticeMemory);
    } catch (CgroupException.NotFound inPart) {
      return; // the process before this one has removed it, or was about to: it is over
    }
  }

  /// Its launcher has let us in, and so let go of the holder before us: from now on nobody but us
  /// decides on the kernel's killer, and what happened before can be looked at.
  private void goOn() {
    mailbox.add(new Lifecycle.Event.Launched());
    if (isAdopted()) {
      noticeMemory();
    }
  }

  private void know(RunFiles.Pids pids) {
    knownLauncher = pids.launcher();
    knownLeader = pids.leader();
  }

  private void pin(Cgroup own) {
    Limits given = spec.limits();
    if (given.cpuMode() != CpuMode.PINNED) {
      return;
    }
    try {
      own.cpuset()
          .map(CpusetController::cpus)
          .ifPresent(cpus -> around.ledger().restore(id, given.cpus().orElseThrow(), cpus));
    } catch (CgroupException.NotFound gone) {
      return; // nothing runs there any more
    }
  }

  /// What has become of a run whose launcher has gone.
  ///
  /// @param otherwise what that means without a word of its own
  private void endUnseen(RunFiles files, Lifecycle.Event otherwise) {
    if (files.ended().isPresent()) {
      RunFiles.Ended ended = files.ended().get();
      started = ended.started();
      endedNanos = startedNanos + ended.took().toNanos();
      mailbox.add(new Lifecycle.Event.Launched());
      mailbox.add(new Lifecycle.Event.LeaderExited(ended.status(), ended.at()));
    } else if (files.pids().isPresent()) {
      mailbox.add(new Lifecycle.Event.Launched());
      mailbox.add(new Lifecycle.Event.LauncherGone());
    } else {
      mailbox.add(otherwise);
    }
  }

  private CpuSet pinnedByOthers(CgroupRoot.Lease lease) {
    Set<RunId> ours = new HashSet<>(around.ledger().owners());
    // This run's new cgroup still has all the CPUs of its parent.
    ours.add(id);
    return lease.pinnedByOthers(ours);
  }

  /// Takes back what has been made so far. A launcher that is let go of ends the run itself, so
  /// nothing runs in the cgroup after it; that of a detached run would go on, and is told to quit
  /// when there is nothing left to go on with.
  private void abandon(CgroupRoot.Lease lease, RunDirectory directory, Throwable cause) {
    memoryWatch.ifPresent(watch -> alsoAfter(cause, watch::close));
    if (isAdopted()) {
      launcher.ifPresent(it -> alsoAfter(cause, it::close));
      return; // it goes on without us
    }
    if (origin instanceof Origin.Launched && launcher.isPresent()) {
      cgroup.ifPresent(it -> alsoAfter(cause, () -> destroyer(it).destroy()));
      alsoAfter(cause, launcher.get()::quit);
    } else {
      launcher.ifPresent(it -> alsoAfter(cause, it::close));
    }
    cgroup.ifPresent(it -> alsoAfter(cause, it::remove));
    alsoAfter(cause, directory::delete);
    alsoAfter(cause, lease::release);
  }

  private static void alsoAfter(Throwable cause, Runnable cleanup) {
    try {
      cleanup.run();
    } catch (RuntimeException alsoFailed) {
      cause.addSuppressed(alsoFailed);
    }
  }

  private LauncherProcess startLauncher(
      Cgroup own, CgroupRoot.Lease lease, RunDirectory directory) {
    Optional<Path> killerSwitch = memoryWatch.flatMap(MemoryWatch::killerSwitchFile);
    Optional<Detached> detached =
        origin instanceof Origin.Launched(var how) ? Optional.of(how) : Optional.empty();
    return LauncherProcess.start(
        around.launcherProgram(),
        LauncherLabel.of(own.path().name(), detached.isPresent()),
        Launch.describe(spec, own, lease, directory, killerSwitch, detached),
        lease.lock().fd(),
        around.events(),
        this);
  }

  private Lifecycle.Event nextEvent() {
    while (true) {
      deadlines.runDue();
      try {
        Optional<Duration> patience = deadlines.untilNext();
        Lifecycle.Event event =
            patience.isPresent()
                ? mailbox.poll(patience.get().toNanos(), TimeUnit.NANOSECONDS)
                : mailbox.take();
        if (event != null) {
          return event;
        }
      } catch (InterruptedException e) {
        // Whoever ends this thread ends the run with it.
        return new Lifecycle.Event.StopRequested(
            new Lifecycle.Ending.Requested("an interrupt of its thread"), Duration.ZERO);
      }
    }
  }

  private void handle(Lifecycle.Event event) {
    Lifecycle.Step step = Lifecycle.next(state, event);
    boolean begins = state instanceof Lifecycle.State.Preparing;
    tell(state, step.state(), event);
    state = step.state();
    if (begins && state instanceof Lifecycle.State.Running) {
      startTimers();
    }
    if (event instanceof Lifecycle.Event.CgroupGone itIs) {
      gone = Optional.of(itIs);
    }
    step.effects().forEach(this::perform);
  }

  /// Before anything is done about it: who keeps the run can tell why, even if this process dies in
  /// the middle.
  private void tell(Lifecycle.State before, Lifecycle.State after, Lifecycle.Event event) {
    if (before.phase() == after.phase()) {
      return;
    }
    phase = after.phase();
    if (phase == Phase.STOPPING || phase == Phase.KILLING) {
      after.why().flatMap(Lifecycle.Ending::decided).ifPresent(observer::decided);
    }
    if (phase != Phase.ENDED) {
      observer.changed(before.phase(), phase, event.cause());
    }
  }

  private void perform(Lifecycle.Effect effect) {
    switch (effect) {
      case Lifecycle.Effect.InspectMemory() -> {
        Optional<OomReport> report = memoryWatch.flatMap(MemoryWatch::inspect);
        report.ifPresent(it -> mailbox.add(new Lifecycle.Event.OutOfMemory(it)));
      }
      case Lifecycle.Effect.Terminate(var grace) -> {
        deadlines.in(grace, () -> mailbox.add(new Lifecycle.Event.GraceOver()));
        terminate();
      }
      case Lifecycle.Effect.Destroy() -> destroy();
    }
  }

  private void startTimers() {
    spec.timeout()
        .ifPresent(limit -> deadlines.in(left(limit), () -> timeOut(Verdict.Timer.WALL, limit)));
    spec.cpuTimeout().ifPresent(this::watchCpuTime);
    memoryWatch.ifPresent(this::watchNestedCgroups);
  }

  /// An adopted run has run for a time.
  private Duration left(Duration limit) {
    return limit.minusNanos(System.nanoTime() - startedNanos);
  }

  private void timeOut(Verdict.Timer timer, Duration limit) {
    mailbox.add(
        new Lifecycle.Event.StopRequested(
            new Lifecycle.Ending.TimedOut(timer, limit), spec.stopTimeout()));
  }

  /// The kernel announces no amount of CPU time; the next look is when all CPUs together could have
  /// used up what is left.
  private void watchCpuTime(Duration limit) {
    if (!(state instanceof Lifecycle.State.Running)) {
      return;
    }
    Duration left;
    try {
      left = limit.minus(cgroup.orElseThrow().cpu().orElseThrow().usage().total());
    } catch (CgroupException.NotFound removed) {
      return; // by the process before this one: nothing runs there any more
    }
    if (left.isZero() || left.isNegative()) {
      timeOut(Verdict.Timer.CPU, limit);
      return;
    }
    Duration earliest = left.dividedBy(around.onlineCpus());
    deadlines.in(
        earliest.compareTo(SHORTEST_CPU_CHECK) < 0 ? SHORTEST_CPU_CHECK : earliest,
        () -> watchCpuTime(limit));
  }

  /// The kernel does not announce new cgroups below.
  private void watchNestedCgroups(MemoryWatch watch) {
    if (state instanceof Lifecycle.State.Running || state instanceof Lifecycle.State.Stopping) {
      watch.leaveNestedToKernel();
      deadlines.in(NESTED_CHECK, () -> watchNestedCgroups(watch));
    }
  }

  private void terminate() {
    unpause();
    Terminator.terminate(cgroup.orElseThrow());
  }

  private MemoryWatch.Evidence evidence(MemoryWatch watch) {
    return state instanceof Lifecycle.State.Killing(Lifecycle.Ending.ByItself(), _)
        ? watch.evidenceOfOwnEnd()
        : watch.evidence();
  }

  private void destroy() {
    Cgroup own = cgroup.orElseThrow();
    memoryWatch.ifPresent(MemoryWatch::close);
    lastUsage = UsageReader.read(own);
    evidence = memoryWatch.map(this::evidence).orElse(MemoryWatch.Evidence.NONE);
    Destroyer.Result result = destroyer(own).destroy();
    mailbox.add(new Lifecycle.Event.CgroupGone(result.receipt(), result.failure()));
  }

  private Destroyer destroyer(Cgroup own) {
    return new Destroyer(own, around.proc(), around.destroyTimeout());
  }

  /// A clean-up that fails takes nobody's verdict.
  private static Optional<String> failureOf(Runnable cleanup) {
    try {
      cleanup.run();
      return Optional.empty();
    } catch (CgroupException | LinuxException | IsolatorException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Outcome finish(
      Lifecycle.State.Destroyed end, CgroupRoot.Lease lease, RunDirectory directory) {
    Optional<String> failure = gone.flatMap(Lifecycle.Event.CgroupGone::failure);
    if (failure.isEmpty()) {
      launcher.ifPresent(LauncherProcess::quit);
      Optional<String> root = failureOf(lease::release);
      Optional<String> files =
          origin instanceof Origin.Attached ? failureOf(directory::delete) : Optional.empty();
      failure = root.or(() -> files);
    } else {
      // Let go of without a word it takes us for gone, and goes on with what we could not destroy.
      launcher.ifPresent(it -> Thread.ofPlatform().daemon().name("launcher-left").start(it::close));
    }
    Optional<Lifecycle.Fate.Ended> leader =
        end.leader() instanceof Lifecycle.Fate.Ended ended ? Optional.of(ended) : Optional.empty();
    return new Outcome(
        id,
        spec.id(),
        Verdicts.of(end.ending(), end.leader(), evidence),
        leader.map(Lifecycle.Fate.Ended::status),
        started,
        Duration.ofNanos((leader.isPresent() ? endedNanos : System.nanoTime()) - startedNanos),
        lastUsage,
        evidence.kills(),
        gone.map(Lifecycle.Event.CgroupGone::receipt),
        failure);
  }

  // ---------------------------------------------------------------- the kernel-events thread

  @Override
  public void received(LauncherMessage message) {
    switch (message) {
      case LauncherMessage.Started start -> {
        started = start.at();
        startedNanos = start.monotonicNanos();
        goOn();
        launched.complete(start.leader());
      }
      case LauncherMessage.Exited(var status, var at, long monotonicNanos) -> {
        endedNanos = monotonicNanos;
        mailbox.add(new Lifecycle.Event.LeaderExited(status, at));
      }
      case LauncherMessage.Failed(var step, var errno, _) -> {
        // Without its status file the run has ended all the same, as the next message tells.
        if (step != LauncherMessage.Step.STATUS) {
          mailbox.add(launchFailed(step, errno));
        }
      }
    }
  }

  @Override
  public void ended() {
    Lifecycle.Event withoutAWord = new Lifecycle.Event.LauncherGone();
    if (origin instanceof Origin.Attached) {
      mailbox.add(withoutAWord);
    } else {
      // Without a holder it ends as soon as all is written down, also with us at its door.
      Path directory = RunDirectory.of(around.runtimeDirectory(), id).path();
      endUnseen(RunFiles.read(directory), withoutAWord);
    }
  }

  private Lifecycle.Event.LaunchFailed launchFailed(LauncherMessage.Step step, Errno errno) {
    String program = spec.command().getFirst();
    if (step != LauncherMessage.Step.EXEC) {
      return new Lifecycle.Event.LaunchFailed(
          Verdict.OWN_ERROR_CODE,
          "cannot " + step.action() + " for '" + program + "': " + errno.explanation());
    }
    if (errno.equals(Errno.ENOENT) || errno.equals(Errno.ENOTDIR)) {
      boolean isThere = program.indexOf('/') >= 0 && exists(program);
      return new Lifecycle.Event.LaunchFailed(
          Verdict.NOT_FOUND_CODE,
          isThere
              ? "cannot execute '" + program + "': the interpreter that it names does not exist"
              : program.indexOf('/') >= 0
                  ? "cannot find '" + program + "': " + errno.explanation()
                  : "cannot find '" + program + "' in the PATH of the run");
    }
    return new Lifecycle.Event.LaunchFailed(
        Verdict.NOT_EXECUTABLE_CODE, "cannot execute '" + program + "': " + errno.explanation());
  }

  private boolean exists(String program) {
    try {
      return Files.exists(spec.workDirectory().orElse(Path.of("")).resolve(program));
    } catch (InvalidPathException notANameForJava) {
      return false;
    }
  }

  // ---------------------------------------------------------------- any thread

  /// Waits until the leader runs, or it is known that it never will.
  ///
  /// @throws IsolatorException when the run could not be set up; nothing of it is left
  public void awaitLaunch() {
    try {
      launched.get();
    } catch (ExecutionException e) {
      throw rethrow(e);
    } catch (InterruptedException e) {
      stop("an interrupt of its launch", Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new IsolatorException("interrupted while the run was launched", e);
    }
  }

  private static RuntimeException rethrow(ExecutionException e) {
    if (e.getCause() instanceof IsolatorException refused) {
      return refused;
    }
    return new IllegalStateException(e.getCause());
  }

  @Override
  public RunId id() {
    return id;
  }

  @Override
  public ExecutorId executor() {
    return spec.id();
  }

  @Override
  public int leader() {
    int told = launched.isDone() ? launched.getNow(0) : 0;
    return told != 0 ? told : knownLeader;
  }

  @Override
  public int launcher() {
    int told = launcher.map(LauncherProcess::pid).orElse(0);
    return told != 0 ? told : knownLauncher;
  }

  @Override
  public Phase phase() {
    return phase;
  }

  @Override
  public List<Path> cgroupDirectories() {
    return cgroup.map(Cgroup::directories).orElse(List.of());
  }

  @Override
  public Set<Integer> processes() {
    return cgroup.map(Cgroup::processes).orElse(Set.of());
  }

  @Override
  public boolean isPaused() {
    return phase == Phase.RUNNING && Pause.isPaused(cgroup);
  }

  @Override
  public Outcome await() throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw rethrow(e);
    }
  }

  @Override
  public void signal(Signal signal) {
    launcher.ifPresent(it -> it.signalGroup(signal));
  }

  @Override
  public void stop(String by, Duration grace) {
    mailbox.add(new Lifecycle.Event.StopRequested(new Lifecycle.Ending.Requested(by), grace));
  }

  @Override
  public void pause() {
    Pause.pause(cgroup);
  }

  @Override
  public void unpause() {
    Pause.unpause(cgroup);
  }

  @Override
  public LimitUpdate update(Limits change) {
    return liveLimits().update(change);
  }

  @Override
  public LimitUpdate plan(Limits change) {
    return liveLimits().plan(change);
  }

  @Override
  public List<String> restoreLimits() {
    return liveLimits().restore();
  }

  private RunLimits liveLimits() {
    return limits.orElseThrow(() -> new IsolatorException("the run is not set up yet"));
  }

  @Override
  public Usage usage() {
    return cgroup.map(UsageReader::read).orElse(Usage.NONE);
  }

  @Override
  public UsageSampler sampler() {
    return cgroup.map(UsageReader::sampler).orElse(UsageSampler.NONE);
  }
}
