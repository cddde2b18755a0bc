package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.Sample;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/// What a run uses, as the kernel counted it. A part that could not be read is absent.
///
/// @param throttling absent without a quota
/// @param memory in use now
/// @param memoryPeak the most that was in use
/// @param memoryStat without [MemoryController.Stat#values]
/// @param pids processes and threads
/// @param oomKills as [MemoryController.Events#oomKills]
/// @param pidsLimit on processes and threads
/// @param io what block devices read and wrote; absent on v1
/// @param pressure of those resources for which the kernel tells it
public record Usage(
    Optional<CpuController.Usage> cpu,
    Optional<CpuController.Throttling> throttling,
    Optional<Bytes> memory,
    Optional<Bytes> memoryPeak,
    Optional<Limit<Bytes>> memoryLimit,
    Optional<MemoryController.Stat> memoryStat,
    Optional<Long> pids,
    Optional<Long> oomKills,
    Optional<Limit<Long>> pidsLimit,
    Optional<Io> io,
    Map<Pressure.Resource, Pressure> pressure) {
  /// Of a run that has no cgroup, or one of which nothing could be read.
  public static final Usage NONE =
      new Usage(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public Usage {
    pressure = Collections.unmodifiableMap(pressure);
  }

  /// What a cgroup's sampler read.
  public static Usage of(Sample sample) {
    return new Usage(
        sample.cpu(),
        sample.throttling(),
        sample.memory(),
        sample.memoryPeak(),
        sample.memoryLimit(),
        sample.memoryStat(),
        sample.pids(),
        sample.oomKills(),
        sample.pidsLimit(),
        sample.io(),
        sample.pressure());
  }

  /// Without the last four parts.
  public Usage(
      Optional<CpuController.Usage> cpu,
      Optional<CpuController.Throttling> throttling,
      Optional<Bytes> memory,
      Optional<Bytes> memoryPeak,
      Optional<Limit<Bytes>> memoryLimit,
      Optional<MemoryController.Stat> memoryStat,
      Optional<Long> pids) {
    this(
        cpu,
        throttling,
        memory,
        memoryPeak,
        memoryLimit,
        memoryStat,
        pids,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
