package dev.holdfast.agent.node;

import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// A host on which runs live on while agents come and go: what the kernel and the launchers would
/// remember. An agent's own view of it is one [#agent].
final class FakeHost {
  /// What lives, or has ended unseen.
  final Map<RunId, Life> lives = new ConcurrentHashMap<>();

  /// Refuses the next launches with this sentence.
  volatile Optional<IsolatorException> refusal = Optional.empty();

  private int nextPid = 1000;

  /// One run on the host.
  static final class Life {
    final int leader;
    final Instant started = Instant.parse("2026-01-01T00:00:01Z");
    volatile Optional<Verdict> verdict = Optional.empty();
    volatile boolean launcherGone;
    volatile boolean paused;
    volatile boolean stuck;
    volatile Optional<String> deferred = Optional.empty();
    volatile List<String> drift = List.of();
    volatile Optional<FakeRun> seenBy = Optional.empty();
    final List<String> signals = new java.util.concurrent.CopyOnWriteArrayList<>();

    Life(int leader) {
      this.leader = leader;
    }
  }

  Life life(String run) {
    return java.util.Objects.requireNonNull(lives.get(RunId.parse(run)));
  }

  /// The leader ends by itself, whether an agent looks on or not.
  void exit(String run, int code) {
    end(RunId.parse(run), new Verdict.Exited(code));
  }

  void end(RunId run, Verdict verdict) {
    Life life = java.util.Objects.requireNonNull(lives.get(run));
    life.verdict = Optional.of(verdict);
    life.seenBy.ifPresent(it -> it.end(verdict));
  }

  synchronized Life start() {
    return new Life(nextPid++);
  }

  /// What one agent has of this host.
  Agent agent() {
    return new Agent();
  }

  final class Agent implements Runs {
    final Set<RunId> launched = ConcurrentHashMap.newKeySet();
    final Set<RunId> adopted = ConcurrentHashMap.newKeySet();
    volatile Optional<Set<RunId>> known = Optional.empty();
    volatile boolean dead;
    volatile boolean holdsRoot;

    @Override
    public void hold() {
      holdsRoot = true;
    }

    @Override
    public void close() {
      holdsRoot = false;
    }

    @Override
    public Run launch(
        RunId id, ExecutorSpec spec, Detached detached, Runnable before, RunObserver observer) {
      before.run();
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      Life life = start();
      lives.put(id, life);
      write(detached.stdout(), "hello from " + spec.id().name() + "\n");
      FakeRun run = new FakeRun(this, id, spec, life, observer);
      life.seenBy = Optional.of(run);
      launched.add(id);
      if (spec.uris().isEmpty()) {
        observer.changed(Run.Phase.PREPARING, Run.Phase.RUNNING, "its program runs");
      } else {
        run.phase = Run.Phase.FETCHING;
      }
      return run;
    }

    @Override
    public Run adopt(RunId id, ExecutorSpec spec, Optional<Verdict> decided, RunObserver observer) {
      adopted.add(id);
      Life life = lives.computeIfAbsent(id, _ -> start());
      FakeRun run = new FakeRun(this, id, spec, life, observer);
      life.seenBy = Optional.of(run);
      if (life.launcherGone) {
        run.end(new Verdict.Lost("its launcher was killed"));
      } else if (decided.isPresent()) {
        run.end(decided.get());
      } else {
        life.verdict.ifPresent(run::end);
      }
      return run;
    }

    @Override
    public List<RootHold.Orphan> destroyOrphans(Set<RunId> runs) {
      known = Optional.of(Set.copyOf(runs));
      return lives.keySet().stream()
          .filter(id -> !runs.contains(id))
          .map(id -> {
            Life life = lives.get(id);
            boolean stuck = life != null && life.stuck;
            if (!stuck) {
              lives.remove(id);
            }
            return new RootHold.Orphan("destroyed the cgroup of " + id, !stuck);
          })
          .toList();
    }

    @Override
    public Set<Integer> removeEmpty(ExecutorId executor, RunId run) {
      Life life = lives.get(run);
      return life == null || life.verdict.isPresent() ? Set.of() : Set.of(life.leader);
    }

    /// SIGKILL to the agent: what happens from now on it does not hear.
    void die() {
      dead = true;
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A run as one agent sees it.
  static final class FakeRun implements Run {
    private final Agent agent;
    private final RunId id;
    private final ExecutorSpec spec;
    private final Life life;
    private final RunObserver observer;
    private volatile Phase phase = Phase.RUNNING;
    private volatile boolean ended;

    FakeRun(Agent agent, RunId id, ExecutorSpec spec, Life life, RunObserver observer) {
      this.agent = agent;
      this.id = id;
      this.spec = spec;
      this.life = life;
      this.observer = observer;
    }

    /// Its files are there: it goes on.
    void fetched() {
      observer.changed(Phase.FETCHING, Phase.PREPARING, "its files are there");
      phase = Phase.RUNNING;
      observer.changed(Phase.PREPARING, Phase.RUNNING, "its program runs");
    }

    /// Somebody wants it ended, and nothing has come of that yet.
    void decide(Verdict verdict) {
      observer.decided(verdict);
    }

    synchronized void end(Verdict verdict) {
      if (ended || agent.dead) {
        return;
      }
      ended = true;
      boolean killed = verdict instanceof Verdict.Killed;
      if (killed || verdict instanceof Verdict.OutOfMemory) {
        observer.decided(verdict);
      }
      observer.changed(phase, Phase.KILLING, verdict.word());
      phase = Phase.ENDED;
      life.verdict = Optional.of(verdict);
      observer.ended(
          new Outcome(
              id,
              spec.id(),
              verdict,
              verdict instanceof Verdict.Exited(int code)
                  ? Optional.of(new WaitStatus(code << 8))
                  : Optional.empty(),
              life.started,
              Duration.ofSeconds(2),
              Usage.NONE,
              0,
              killed
                  ? Optional.of(
                      new KillReceipt(
                          KillReceipt.Mechanism.CGROUP_KILL,
                          1,
                          List.of(new KillReceipt.Victim(life.leader, "sleep")),
                          Duration.ofMillis(3)))
                  : Optional.empty(),
              Optional.empty()));
    }

    @Override
    public dev.holdfast.isolator.UsageSampler sampler() {
      return dev.holdfast.isolator.UsageSampler.NONE;
    }

    @Override
    public RunId id() {
      return id;
    }

    @Override
    public dev.holdfast.isolator.ExecutorId executor() {
      return spec.id();
    }

    @Override
    public int leader() {
      return life.leader;
    }

    @Override
    public int launcher() {
      return life.leader - 1;
    }

    @Override
    public Optional<Instant> started() {
      return phase == Phase.FETCHING ? Optional.empty() : Optional.of(life.started);
    }

    @Override
    public Phase phase() {
      return phase;
    }

    @Override
    public List<Path> cgroupDirectories() {
      return List.of(Path.of("/sys/fs/cgroup/holdfast/" + id));
    }

    @Override
    public Set<Integer> processes() {
      return new TreeSet<>(Set.of((int) ProcessHandle.current().pid()));
    }

    @Override
    public boolean isPaused() {
      return life.paused;
    }

    @Override
    public Outcome await() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void signal(dev.holdfast.linux.Signal signal) {
      life.signals.add(signal.name());
    }

    @Override
    public void stop(String by, Duration grace) {
      life.signals.add("stop " + grace.toMillis());
      end(new Verdict.Killed(by));
    }

    @Override
    public void pause() {
      life.paused = true;
    }

    @Override
    public void unpause() {
      life.paused = false;
    }

    @Override
    public LimitUpdate update(dev.holdfast.isolator.Limits limits) {
      return new LimitUpdate(life.deferred);
    }

    @Override
    public LimitUpdate plan(dev.holdfast.isolator.Limits limits) {
      return new LimitUpdate(life.deferred);
    }

    @Override
    public List<String> restoreLimits() {
      List<String> found = life.drift;
      life.drift = List.of();
      return found;
    }

    @Override
    public dev.holdfast.isolator.Usage usage() {
      return Usage.NONE;
    }
  }
}
