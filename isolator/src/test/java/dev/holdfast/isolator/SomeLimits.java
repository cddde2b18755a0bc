package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import java.time.Duration;

/// Limits for a test, as a user would write them. Each call replaces one part.
public final class SomeLimits {
  private final Limits.Builder builder = Limits.builder();

  /// Nothing is limited yet.
  public SomeLimits() {}

  public SomeLimits cpus(String value) {
    builder.cpus(Cpus.parse(value));
    return this;
  }

  public SomeLimits cpus(String value, CpuMode mode) {
    builder.cpuMode(mode);
    return cpus(value);
  }

  public SomeLimits cpuMode(CpuMode value) {
    builder.cpuMode(value);
    return this;
  }

  public SomeLimits cpuBurst(Duration value) {
    builder.cpuBurst(value);
    return this;
  }

  public SomeLimits cpusetCpus(String value) {
    builder.cpusetCpus(CpuSet.parse(value));
    return this;
  }

  public SomeLimits memory(String value) {
    builder.memory(Bytes.parse(value));
    return this;
  }

  public SomeLimits memoryReservation(String value) {
    builder.memoryReservation(Bytes.parse(value));
    return this;
  }

  public SomeLimits memoryAndSwap(String value) {
    builder.memoryAndSwap(Limit.at(Bytes.parse(value)));
    return this;
  }

  public SomeLimits unlimitedSwap() {
    builder.memoryAndSwap(Limit.unlimited());
    return this;
  }

  public SomeLimits pids(long value) {
    builder.pids(value);
    return this;
  }

  public Limits build() {
    return builder.build();
  }
}
