package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private static final int PIDFDS_AT_ONCE = 64;
  private static final Duration PAUSE_TIMEOUT = Duration.ofSeconds(5);

  private final RunId id;
  private final ExecutorSpec spec;
  private final Surroundings around;
  private final LinkedBlockingQueue<Lifecycle.Event> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> launched = new CompletableFuture<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final Deadlines deadlines = new Deadlines();
  private final Object limitsLock = new Object();

  // Set while the run is prepared; read by other threads after `launched`.
  private volatile Optional<Cgroup> cgroup = Optional.empty();
  private volatile Optional<LauncherProcess> launcher = Optional.empty();

  // By the launcher's clocks; CLOCK_MONOTONIC is System.nanoTime's, too.
  private volatile Instant started = Instant.now();
  private volatile long startedNanos = System.nanoTime();
  private volatile long endedNanos = startedNanos;

  // Of the run's thread alone.
  private Lifecycle.State state = Lifecycle.initial();
  private Optional<MemoryWatch> memoryWatch = Optional.empty();
  private Optional<Lifecycle.Event.CgroupGone> gone = Optional.empty();
  private MemoryWatch.Evidence evidence = MemoryWatch.Evidence.NONE;
  private Usage lastUsage = NO_USAGE;

  private static final Usage NO_USAGE =
      new Usage(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

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

  public RunActor(RunId id, ExecutorSpec spec, Surroundings around) {
    this.id = id;
    this.spec = spec;
    this.around = around;
  }

  // ---------------------------------------------------------------- the run's own thread

  /// Lives the whole life of the run.
  public void live() {
    try {
      RunDirectory directory = RunDirectory.create(around.runtimeDirectory(), id);
      Outcome end;
      try (CgroupRoot.Lease lease = lease(directory)) {
        end = live(lease, directory);
      } finally {
        around.ledger().release(id);
      }
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

  private CgroupRoot.Lease lease(RunDirectory directory) {
    try {
      return around.root().lease(around.controllers());
    } catch (RuntimeException e) {
      alsoAfter(e, directory::delete);
      throw e;
    }
  }

  private Outcome live(CgroupRoot.Lease lease, RunDirectory directory) {
    try {
      prepare(lease, directory);
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
    launched.completeExceptionally(cause);
    outcome.completeExceptionally(cause);
  }

  private void prepare(CgroupRoot.Lease lease, RunDirectory directory) {
    Cgroup own = lease.run(RunName.of(spec.id(), id).toString());
    own.create();
    cgroup = Optional.of(own);
    CpuLedger ledger = around.ledger();
    new LimitWriter(own, id, ledger, () -> lease.pinnedByOthers(ours(ledger))).apply(spec.limits());
    memoryWatch =
        MemoryWatch.start(
            own,
            lease.root(),
            around.proc(),
            spec.oomMode(),
            () -> mailbox.add(new Lifecycle.Event.MemoryNotice()));
    launcher = Optional.of(startLauncher(own, lease, directory));
  }

  /// With this run, whose new cgroup still has all the CPUs of its parent.
  private Set<RunId> ours(CpuLedger ledger) {
    Set<RunId> ours = new HashSet<>(ledger.owners());
    ours.add(id);
    return ours;
  }

  /// Takes back what has been made so far. A launcher that is let go of ends the run itself, so
  /// nothing runs in the cgroup after it.
  private void abandon(CgroupRoot.Lease lease, RunDirectory directory, Throwable cause) {
    memoryWatch.ifPresent(watch -> alsoAfter(cause, watch::close));
    launcher.ifPresent(it -> alsoAfter(cause, it::close));
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
    Fd lock = lease.lock().fd();
    return LauncherProcess.start(
        around.launcherProgram(),
        own.path().name(),
        Launch.attached(spec, own, lease, directory, killerSwitch),
        lock,
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
    state = step.state();
    if (event instanceof Lifecycle.Event.Launched && state instanceof Lifecycle.State.Running) {
      startTimers();
    }
    if (event instanceof Lifecycle.Event.CgroupGone itIs) {
      gone = Optional.of(itIs);
    }
    step.effects().forEach(this::perform);
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
        .ifPresent(limit -> deadlines.in(limit, () -> timeOut(Verdict.Timer.WALL, limit)));
    spec.cpuTimeout().ifPresent(this::watchCpuTime);
    memoryWatch.ifPresent(this::watchNestedCgroups);
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
    Duration left = limit.minus(cgroup.orElseThrow().cpu().orElseThrow().usage().total());
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
    List<Integer> pids = List.copyOf(cgroup.orElseThrow().processes());
    for (int from = 0; from < pids.size(); from += PIDFDS_AT_ONCE) {
      terminate(pids.subList(from, Math.min(from + PIDFDS_AT_ONCE, pids.size())));
    }
  }

  private void terminate(List<Integer> pids) {
    Map<Integer, Fd> opened = new HashMap<>();
    try {
      for (int pid : pids) {
        open(pid).ifPresent(process -> opened.put(pid, process));
      }
      // A pid that is listed after it has been opened is one of the run's, whoever had it before.
      Set<Integer> listed = cgroup.orElseThrow().processes();
      for (Map.Entry<Integer, Fd> process : opened.entrySet()) {
        if (listed.contains(process.getKey())) {
          Processes.kill(process.getValue(), Signal.TERM);
          Processes.kill(process.getValue(), Signal.CONT); // a stopped process takes TERM only then
        }
      }
    } finally {
      opened.values().forEach(Fd::close);
    }
  }

  private static Optional<Fd> open(int pid) {
    try {
      return Optional.of(Processes.open(pid));
    } catch (LinuxException e) {
      // Out of descriptors, or a kernel before 5.3: by number, as everybody did then.
      if (!e.is(Errno.ESRCH)) {
        Processes.kill(pid, Signal.TERM);
        Processes.kill(pid, Signal.CONT);
      }
      return Optional.empty();
    }
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
    Destroyer.Result result = new Destroyer(own, around.proc(), around.destroyTimeout()).destroy();
    mailbox.add(new Lifecycle.Event.CgroupGone(result.receipt(), result.failure()));
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
      Optional<String> files = failureOf(directory::delete);
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
        mailbox.add(new Lifecycle.Event.Launched());
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
    mailbox.add(new Lifecycle.Event.LauncherGone());
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
    return launched.getNow(0);
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
    Freezer freezer =
        cgroup
            .flatMap(Cgroup::freezer)
            .orElseThrow(() -> new IsolatorException("the run cannot be paused: no freezer"));
    long deadline = System.nanoTime() + PAUSE_TIMEOUT.toNanos();
    try {
      do {
        freezer.freeze();
        if (freezer.isFrozen()) {
          return;
        }
        Thread.sleep(1);
      } while (System.nanoTime() < deadline);
    } catch (CgroupException.NotFound ended) {
      throw new IsolatorException("the run has ended", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    freezer.thaw();
    throw new IsolatorException(
        "the run could not be paused within " + PAUSE_TIMEOUT.toSeconds() + " s");
  }

  @Override
  public void unpause() {
    try {
      cgroup.flatMap(Cgroup::freezer).ifPresent(Freezer::thaw);
    } catch (CgroupException.NotFound ended) {
      return; // nothing of it is paused
    }
  }

  @Override
  public LimitUpdate update(Limits limits) {
    synchronized (limitsLock) {
      try {
        return new LimitUpdate(
            new LimitWriter(cgroup.orElseThrow(), id, around.ledger()).update(limits));
      } catch (CgroupException.NotFound ended) {
        throw new IsolatorException("the run has ended", ended);
      } catch (CgroupException refused) {
        throw new IsolatorException("the kernel refused: " + refused.getMessage(), refused);
      }
    }
  }

  @Override
  public Usage usage() {
    return cgroup.map(UsageReader::read).orElse(NO_USAGE);
  }
}
