package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.launcher.LauncherSource;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/// One run: the owner of its cgroup, its launcher and its state. One thread takes events from the
/// mailbox, asks [Lifecycle] what follows, and does it; everybody else only puts events in.
public final class RunActor implements LauncherProcess.Listener {
  /// CPU time is looked at no more often than this.
  private static final Duration SHORTEST_CPU_CHECK = Duration.ofMillis(5);

  /// How long an adopted run's launcher may take to repeat what it has told before.
  private static final Duration GREETING_TIMEOUT = Duration.ofSeconds(2);

  /// How long a launcher may take to tell of a leader that has been killed.
  private static final Duration REAPING_TIMEOUT = Duration.ofSeconds(5);

  private final RunId id;
  private final ExecutorSpec spec;
  private final Surroundings around;
  private final Origin origin;
  private final RunObserver observer;
  private final RunHandle handle;
  private final BlockingQueue<Lifecycle.Event> mailbox;
  private final RunTimes times = new RunTimes();
  private final Deadlines deadlines = new Deadlines();

  // Of the run's thread alone.
  private Lifecycle.State state = Lifecycle.initial();
  private Optional<MemoryWatch> memoryWatch = Optional.empty();
  private Optional<Lifecycle.Event.CgroupGone> gone = Optional.empty();

  /// That it runs is nothing new to the observer.
  private boolean ranBefore;

  private MemoryWatch.Evidence evidence = MemoryWatch.Evidence.NONE;
  private Usage lastUsage = Usage.NONE;

  /// What all runs of an isolator share.
  ///
  /// @param controllers those that every run is under
  public record Surroundings(
      CgroupRoot root,
      Set<Controller> controllers,
      Path runtimeDirectory,
      LauncherSource launchers,
      Duration destroyTimeout,
      CpuLedger ledger,
      ProcFs proc,
      IntSupplier onlineCpus,
      NestedCgroups nested,
      KernelEvents events) {
    /// The same with the runs' files below another directory.
    public Surroundings in(Path directory) {
      return new Surroundings(
          root,
          controllers,
          directory,
          launchers,
          destroyTimeout,
          ledger,
          proc,
          onlineCpus,
          nested,
          events);
    }
  }

  /// A run of this process's own.
  ///
  /// @param stdio what its stdin, stdout and stderr are, closed here when it has them; absent for
  ///   this process's own
  public static RunActor attached(
      RunId id, ExecutorSpec spec, Surroundings around, Optional<Fd> stdio, RunObserver observer) {
    return new RunActor(id, spec, around, new Origin.Attached(stdio), observer);
  }

  /// A run that outlives this process.
  ///
  /// @param written done when whoever comes after us can find the run: its first process waits for
  ///   that; failed when there is to be none
  public static RunActor detached(
      RunId id,
      ExecutorSpec spec,
      Surroundings around,
      Detached how,
      CompletableFuture<Void> written,
      RunObserver observer) {
    return new RunActor(id, spec, around, new Origin.Launched(how, written), observer);
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
    handle = new RunHandle(id, spec.id(), times);
    mailbox = handle.mailbox();
  }

  /// The run, for all other threads.
  public RunHandle handle() {
    return handle;
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
      handle.show(Run.Phase.ENDED);
      observer.ended(end);
      handle.ended(end);
    } catch (IsolatorException e) {
      fail(e);
    } catch (CgroupException | LinuxException e) {
      fail(new IsolatorException("cannot set up the run: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      fail(new IsolatorException("the run's thread failed: " + e, e));
    } finally {
      letGo();
    }
  }

  /// Closes what was given as its stdin, also where it does not come to live.
  public void letGo() {
    origin.letGo();
  }

  private RunDirectory directory() {
    return switch (origin) {
      case Origin.Attached _ -> RunDirectory.create(around.runtimeDirectory(), id);
      // Not to be there without what the caller writes into it.
      case Origin.Launched _, Origin.Adopted _ -> RunDirectory.of(around.runtimeDirectory(), id);
    };
  }

  private boolean isAdopted() {
    return origin instanceof Origin.Adopted;
  }

  private CgroupRoot.Lease lease(RunDirectory directory) {
    if (isAdopted()) {
      return around.root().leaseOfAdopted(around.controllers());
    }
    try {
      return around.root().lease(around.controllers());
    } catch (RuntimeException e) {
      alsoAfter(e, () -> delete(directory));
      throw e;
    }
  }

  private Outcome live(CgroupRoot.Lease lease, RunDirectory directory) {
    try {
      Cgroup own = lease.run(RunName.of(spec.id(), id).toString());
      if (origin instanceof Origin.Adopted(var decided)) {
        takeOver(own, lease, directory, decided);
        handle.takenOver();
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
    handle.show(Run.Phase.ENDED);
    observer.failed(cause);
    handle.failed(cause);
  }

  private void prepare(Cgroup own, CgroupRoot.Lease lease, RunDirectory directory) {
    List<String> label = LauncherLabel.of(own.path().name(), origin instanceof Origin.Launched);
    // First: it goes on while the cgroups are made.
    try (LauncherSource.Birth birth =
        around.launchers().begin(label, lease.lock().fd(), origin.stdio())) {
      prepare(own, lease, directory, birth);
    }
    letGo();
  }

  private void prepare(
      Cgroup own, CgroupRoot.Lease lease, RunDirectory directory, LauncherSource.Birth birth) {
    own.create();
    handle.show(own);
    new LimitWriter(own, id, around.ledger(), () -> pinnedByOthers(lease)).apply(spec.limits());
    handle.show(limits(own, lease));
    memoryWatch =
        MemoryWatch.start(own, lease.root(), around.proc(), spec.oomMode(), this::noticeMemory);
    awaitDirectory();
    startLauncher(birth, own, lease, directory);
  }

  private void awaitDirectory() {
    if (!(origin instanceof Origin.Launched(_, var written))) {
      return;
    }
    try {
      written.join();
    } catch (CompletionException notToLive) {
      throw new IsolatorException("the launch was taken back", notToLive);
    }
    RunDirectory _ = RunDirectory.ensure(around.runtimeDirectory(), id);
  }

  /// Not under the feet of a caller who still writes there.
  private void delete(RunDirectory directory) {
    if (origin instanceof Origin.Launched(_, var written)) {
      Object _ = written.exceptionally(_ -> null).join();
    }
    directory.delete();
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

  private void takeOver(
      Cgroup own, CgroupRoot.Lease lease, RunDirectory directory, Optional<Verdict> decided) {
    handle.show(own);
    Adoption adoption = new Adoption(id, spec, own, lease.root());
    // Before anybody can change its limits.
    adoption.pin(around.ledger());
    handle.show(limits(own, lease));
    decided
        .flatMap(Lifecycle.Ending::of)
        .ifPresent(ending -> mailbox.add(new Lifecycle.Event.StopRequested(ending, Duration.ZERO)));
    Optional<LauncherProcess> launcher = Adoption.connect(directory, around.events(), this);
    launcher.ifPresent(handle::show);
    // After the knock: a launcher that has ended before it has written its last.
    RunFiles files = RunFiles.read(directory.path());
    files.pids().ifPresent(this::know);
    ranBefore = files.pids().isPresent();
    if (launcher.isPresent()) {
      memoryWatch = adoption.resume(around.proc(), this::noticeMemory);
      if (ranBefore) {
        deadlines.in(GREETING_TIMEOUT, this::goOnUngreeted);
      }
      return;
    }
    memoryWatch = adoption.lookBack(around.proc());
    endUnseen(
        files,
        new Lifecycle.Event.LaunchFailed(
            Verdict.OWN_ERROR_CODE, "its agent ended before it was started"));
  }

  private void know(RunFiles.Pids pids) {
    handle.show(pids);
    times.startedAgo(pids.age(Host.sinceBoot()));
  }

  private void goOnUngreeted() {
    if (!handle.hasLaunched()) {
      goOn();
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

  private void endUnseen(RunFiles files, Lifecycle.Event otherwise) {
    files.ended().ifPresent(times::unseen);
    mailbox.addAll(Adoption.unseen(files, otherwise));
  }

  private CpuSet pinnedByOthers(CgroupRoot.Lease lease) {
    Set<RunId> ours = new HashSet<>(around.ledger().owners());
    // This run's new cgroup still has all the CPUs of its parent.
    ours.add(id);
    return lease.pinnedByOthers(ours);
  }

  /// Takes back what has been made so far. A launcher that is let go of ends the run itself, and
  /// removes its cgroup where that is still too early for us; that of a detached run would go on,
  /// and is told to quit when there is nothing left to go on with.
  private void abandon(CgroupRoot.Lease lease, RunDirectory directory, Throwable cause) {
    Optional<LauncherProcess> launcher = handle.process();
    memoryWatch.ifPresent(watch -> alsoAfter(cause, watch::close));
    if (isAdopted()) {
      launcher.ifPresent(it -> alsoAfter(cause, it::close));
      return; // it goes on without us
    }
    if (origin instanceof Origin.Launched && launcher.isPresent()) {
      handle.cgroup().ifPresent(it -> alsoAfter(cause, () -> destroyer(it).destroy()));
      alsoAfter(cause, launcher.get()::quit);
    } else {
      launcher.ifPresent(it -> alsoAfter(cause, it::close));
    }
    handle.cgroup().ifPresent(it -> alsoAfter(cause, it::remove));
    alsoAfter(cause, () -> delete(directory));
    alsoAfter(cause, lease::release);
  }

  private static void alsoAfter(Throwable cause, Runnable cleanup) {
    try {
      cleanup.run();
    } catch (RuntimeException alsoFailed) {
      cause.addSuppressed(alsoFailed);
    }
  }

  private void startLauncher(
      LauncherSource.Birth birth, Cgroup own, CgroupRoot.Lease lease, RunDirectory directory) {
    Optional<Path> killerSwitch = memoryWatch.flatMap(MemoryWatch::killerSwitchFile);
    Optional<Detached> detached =
        origin instanceof Origin.Launched(var how, _) ? Optional.of(how) : Optional.empty();
    // Before there is a launcher: one that never gets its record does not understand what else it
    // is told.
    byte[] record = Launch.describe(spec, own, lease, directory, killerSwitch, detached).encode();
    LauncherProcess launcher = LauncherProcess.start(birth, around.events(), this);
    // First: whoever hears of the start may signal the run at once.
    handle.show(launcher);
    launcher.launch(record);
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
    if (state instanceof Lifecycle.State.Reaping) {
      deadlines.in(REAPING_TIMEOUT, this::killLauncher);
    }
    if (event instanceof Lifecycle.Event.CgroupGone itIs) {
      gone = Optional.of(itIs);
    }
    step.effects().forEach(this::perform);
  }

  /// Before anything is done about it: who keeps the run can tell why, even if this process dies in
  /// the middle.
  private void tell(Lifecycle.State before, Lifecycle.State after, Lifecycle.Event event) {
    if (before.why().isEmpty()) {
      after.why().flatMap(Lifecycle.Ending::decided).ifPresent(observer::decided);
    }
    if (before.phase() == after.phase()) {
      return;
    }
    Run.Phase phase = after.phase();
    handle.show(phase);
    if (phase != Run.Phase.ENDED && !(ranBefore && after instanceof Lifecycle.State.Running)) {
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
    memoryWatch.ifPresent(around.nested()::lookAfter);
  }

  /// An adopted run has run for a time.
  private Duration left(Duration limit) {
    return limit.minus(times.untilNow());
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
      left = limit.minus(handle.cgroup().orElseThrow().cpu().orElseThrow().usage().total());
    } catch (CgroupException.NotFound removed) {
      return; // by the process before this one: nothing runs there any more
    }
    if (left.isZero() || left.isNegative()) {
      timeOut(Verdict.Timer.CPU, limit);
      return;
    }
    Duration earliest = left.dividedBy(around.onlineCpus().getAsInt());
    deadlines.in(
        earliest.compareTo(SHORTEST_CPU_CHECK) < 0 ? SHORTEST_CPU_CHECK : earliest,
        () -> watchCpuTime(limit));
  }

  private void terminate() {
    handle.unpause();
    Terminator.terminate(handle.cgroup().orElseThrow());
  }

  private MemoryWatch.Evidence evidence(MemoryWatch watch) {
    return state instanceof Lifecycle.State.Killing(Lifecycle.Ending.ByItself(), var leader)
        ? watch.evidenceOfOwnEnd(Verdicts.isFault(leader))
        : watch.evidence();
  }

  private void destroy() {
    Cgroup own = handle.cgroup().orElseThrow();
    memoryWatch.ifPresent(MemoryWatch::close);
    lastUsage = UsageReader.readTotals(own);
    evidence = memoryWatch.map(this::evidence).orElse(MemoryWatch.Evidence.NONE);
    Destroyer.Result result = destroyer(own).destroy();
    mailbox.add(new Lifecycle.Event.CgroupGone(result.receipt(), result.failure()));
  }

  private Destroyer destroyer(Cgroup own) {
    return new Destroyer(own, around.proc(), around.destroyTimeout());
  }

  /// One that somebody has stopped would keep the run from its end. Its socket is open, so its pid
  /// is not another's.
  private void killLauncher() {
    int launcher = handle.launcher();
    if (launcher > 0) {
      boolean _ = Processes.kill(launcher, Signal.KILL);
    }
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
      handle.process().ifPresent(LauncherProcess::quit);
      Optional<String> root = failureOf(lease::release);
      Optional<String> files =
          origin instanceof Origin.Attached ? failureOf(directory::delete) : Optional.empty();
      failure = root.or(() -> files);
    } else {
      // Let go of without a word it takes us for gone, and goes on with what we could not destroy.
      handle
          .process()
          .ifPresent(it -> Thread.ofPlatform().daemon().name("launcher-left").start(it::close));
    }
    Optional<Lifecycle.Fate.Ended> leader =
        end.leader() instanceof Lifecycle.Fate.Ended ended ? Optional.of(ended) : Optional.empty();
    return new Outcome(
        id,
        spec.id(),
        Verdicts.of(end.ending(), end.leader(), evidence),
        leader.map(Lifecycle.Fate.Ended::status),
        times.begun(),
        leader.isPresent() ? times.untilEnd() : times.untilNow(),
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
        times.started(start.at(), start.monotonicNanos());
        handle.launched(start.leader());
        goOn();
      }
      case LauncherMessage.Exited(var status, var at, long monotonicNanos) -> {
        times.ended(monotonicNanos);
        mailbox.add(new Lifecycle.Event.LeaderExited(status, at));
      }
      case LauncherMessage.Failed(var step, var errno, _) -> {
        // Without its status file the run has ended all the same, as the next message tells.
        if (step != LauncherMessage.Step.STATUS) {
          mailbox.add(new LaunchFailure(spec, step, errno).event());
        }
      }
    }
  }

  @Override
  public void ended() {
    Lifecycle.Event withoutAWord = new Lifecycle.Event.LauncherGone();
    if (origin instanceof Origin.Attached && handle.hasLaunched()) {
      mailbox.add(withoutAWord);
    } else {
      // Without a holder it ends as soon as all is written down, also with us at its door. And one
      // that is killed while it starts the leader may not have told of it.
      Path directory = RunDirectory.of(around.runtimeDirectory(), id).path();
      endUnseen(RunFiles.read(directory), withoutAWord);
    }
  }
}
