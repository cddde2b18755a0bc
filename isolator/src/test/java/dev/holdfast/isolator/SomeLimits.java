package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import java.time.Duration;
import java.util.Optional;

/// Limits for a test, as a user would write them. Each call replaces one part.
public final class SomeLimits {
  private Optional<Cpus> cpus = Optional.empty();
  private CpuMode cpuMode = CpuMode.SHARES;
  private Optional<Duration> cpuBurst = Optional.empty();
  private Optional<CpuSet> cpusetCpus = Optional.empty();
  private Optional<Bytes> memory = Optional.empty();
  private Optional<Bytes> memoryReservation = Optional.empty();
  private Optional<Limit<Bytes>> memoryAndSwap = Optional.empty();
  private Optional<Long> pids = Optional.empty();

  /// Nothing is limited yet.
  public SomeLimits() {}

  public SomeLimits cpus(String value) {
    cpus = Optional.of(Cpus.parse(value));
    return this;
  }

  public SomeLimits cpus(String value, CpuMode mode) {
    cpuMode = mode;
    return cpus(value);
  }

  public SomeLimits cpuMode(CpuMode value) {
    cpuMode = value;
    return this;
  }

  public SomeLimits cpuBurst(Duration value) {
    cpuBurst = Optional.of(value);
    return this;
  }

  public SomeLimits cpusetCpus(String value) {
    cpusetCpus = Optional.of(CpuSet.parse(value));
    return this;
  }

  public SomeLimits memory(String value) {
    memory = Optional.of(Bytes.parse(value));
    return this;
  }

  public SomeLimits memoryReservation(String value) {
    memoryReservation = Optional.of(Bytes.parse(value));
    return this;
  }

  public SomeLimits memoryAndSwap(String value) {
    memoryAndSwap = Optional.of(Limit.at(Bytes.parse(value)));
    return this;
  }

  public SomeLimits unlimitedSwap() {
    memoryAndSwap = Optional.of(Limit.unlimited());
    return this;
  }

  public SomeLimits pids(long value) {
    pids = Optional.of(value);
    return this;
  }

  public Limits build() {
    return new Limits(
        cpus, cpuMode, cpuBurst, cpusetCpus, memory, memoryReservation, memoryAndSwap, pids);
  }
}
