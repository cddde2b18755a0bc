package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Sampler;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import dev.holdfast.linux.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A run that only uses: what its cgroup says, or what the test says.
final class FakeRun implements Run {
  private final RunId id = RunId.random();
  private final ExecutorId executor;
  private final Optional<Cgroup> cgroup;
  private Optional<RuntimeException> failure = Optional.empty();
  Usage usage = Usage.NONE;
  Phase phase = Phase.RUNNING;
  private Sampler.Kept keptOpen = Sampler.Kept.ALL;
  int opened;
  int closed;

  FakeRun(ExecutorId executor, Optional<Cgroup> cgroup) {
    this.executor = executor;
    this.cgroup = cgroup;
  }

  FakeRun(String framework, String name) {
    this(new ExecutorId(framework, name), Optional.empty());
  }

  LiveRun live(Limits limits) {
    return new LiveRun(id, executor, "nobody", this, limits, java.util.Map.of());
  }

  void failWith(RuntimeException cause) {
    failure = Optional.of(cause);
  }

  Sampler.Kept keptOpen() {
    return keptOpen;
  }

  void heal() {
    failure = Optional.empty();
  }

  @Override
  public UsageSampler sampler() {
    opened++;
    Optional<Sampler> sampler = cgroup.map(Cgroup::sampler);
    return new UsageSampler() {
      @Override
      public Optional<Usage> read() {
        failure.ifPresent(it -> {
          throw it;
        });
        return sampler.isPresent()
            ? sampler.get().read().map(Usage::of)
            : Optional.of(usage).filter(it -> !it.equals(Usage.NONE));
      }

      @Override
      public void refresh() {
        sampler.ifPresent(Sampler::refresh);
      }

      @Override
      public void keepOpen(Sampler.Kept which) {
        keptOpen = which;
      }

      @Override
      public void close() {
        closed++;
        sampler.ifPresent(Sampler::close);
      }
    };
  }

  @Override
  public Usage usage() {
    return cgroup.map(it -> it.sampler().read().map(Usage::of).orElse(Usage.NONE)).orElse(usage);
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
    return 0;
  }

  @Override
  public int launcher() {
    return 0;
  }

  @Override
  public java.util.Optional<java.time.Instant> started() {
    return java.util.Optional.empty();
  }

  @Override
  public Phase phase() {
    return phase;
  }

  @Override
  public List<Path> cgroupDirectories() {
    return cgroup
        .map(Cgroup::directories)
        .orElse(List.of(Path.of("/sys/fs/cgroup/holdfast/" + executor.name())));
  }

  @Override
  public Set<Integer> processes() {
    failure.ifPresent(it -> {
      throw it;
    });
    return cgroup.map(Cgroup::processes).orElse(Set.of(1, 2));
  }

  @Override
  public boolean isPaused() {
    return false;
  }

  @Override
  public Outcome await() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void signal(Signal signal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stop(String by, Duration grace) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pause() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unpause() {
    throw new UnsupportedOperationException();
  }

  @Override
  public LimitUpdate update(Limits limits) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LimitUpdate plan(Limits limits) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> restoreLimits() {
    throw new UnsupportedOperationException();
  }
}
