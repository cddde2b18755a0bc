package dev.holdfast.cgroup;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/// What a cgroup uses, as the kernel counted it. A part that could not be read is absent.
///
/// @param throttling absent without a quota
/// @param memory in use now
/// @param memoryPeak the most that was in use
/// @param memoryStat without [MemoryController.Stat#values]
/// @param oomKills as [MemoryController.Events#oomKills]
/// @param pids processes and threads
/// @param io absent on v1
public record Sample(
    Optional<CpuController.Usage> cpu,
    Optional<CpuController.Throttling> throttling,
    Optional<Bytes> memory,
    Optional<Bytes> memoryPeak,
    Optional<Limit<Bytes>> memoryLimit,
    Optional<MemoryController.Stat> memoryStat,
    Optional<Long> oomKills,
    Optional<Long> pids,
    Optional<Limit<Long>> pidsLimit,
    Optional<Io> io,
    Map<Pressure.Resource, Pressure> pressure) {
  public Sample {
    pressure = Collections.unmodifiableMap(pressure);
  }
}
