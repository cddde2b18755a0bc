package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.linux.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/// A run as all threads but its own have it: what that one has made known, and its mailbox.
/// Thread-safe.
public final class RunHandle implements Run {
  private final RunId id;
  private final ExecutorId executor;
  private final RunTimes times;
  private final BlockingQueue<Lifecycle.Event> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> launched = new CompletableFuture<>();
  private final CountDownLatch takenOver = new CountDownLatch(1);
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  // Set while the run is prepared; read by other threads after `launched`.
  private volatile Optional<Cgroup> cgroup = Optional.empty();
  private volatile Optional<LauncherProcess> launcher = Optional.empty();
  private volatile Optional<RunLimits> limits = Optional.empty();
  private volatile Phase phase = Phase.PREPARING;

  // Of an adopted run, from its files.
  private volatile int knownLauncher;
  private volatile int knownLeader;

  RunHandle(RunId id, ExecutorId executor, RunTimes times) {
    this.id = id;
    this.executor = executor;
    this.times = times;
  }

  // ---------------------------------------------------------------- for the run's own thread

  BlockingQueue<Lifecycle.Event> mailbox() {
    return mailbox;
  }

  Optional<Cgroup> cgroup() {
    return cgroup;
  }

  void show(Cgroup own) {
    cgroup = Optional.of(own);
  }

  void show(RunLimits given) {
    limits = Optional.of(given);
  }

  Optional<LauncherProcess> process() {
    return launcher;
  }

  void show(LauncherProcess process) {
    launcher = Optional.of(process);
  }

  void show(RunFiles.Pids pids) {
    knownLauncher = pids.launcher();
    knownLeader = pids.leader();
  }

  void show(Phase now) {
    phase = now;
  }

  void takenOver() {
    takenOver.countDown();
  }

  void launched(int leader) {
    launched.complete(leader);
  }

  boolean hasLaunched() {
    return launched.isDone();
  }

  /// Last: whoever waits for it may end the process.
  void ended(Outcome end) {
    takenOver.countDown();
    launched.complete(0);
    outcome.complete(end);
  }

  void failed(IsolatorException cause) {
    takenOver.countDown();
    launched.completeExceptionally(cause);
    outcome.completeExceptionally(cause);
  }

  // ---------------------------------------------------------------- any thread

  /// Waits until a run of another process before this one is in hand, or it is over.
  public void awaitTakeover() {
    try {
      takenOver.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it goes on by itself
    }
  }

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

  /// Waits until all is taken back that has been made for a run that is not to be.
  public void awaitFailure() {
    Object _ = launched.exceptionally(_ -> 0).join();
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
    return executor;
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
  public Optional<Instant> started() {
    return times.started();
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
    if (!keepsItsLimits()) {
      return List.of();
    }
    List<String> found = liveLimits().restore();
    return keepsItsLimits() ? found : List.of();
  }

  /// A run that is killed is given more than its limits, to die with.
  private boolean keepsItsLimits() {
    Phase now = phase;
    return now == Phase.RUNNING || now == Phase.STOPPING;
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
