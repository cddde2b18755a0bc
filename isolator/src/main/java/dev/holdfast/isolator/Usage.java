package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import java.util.Optional;

/// What a run uses, as the kernel counted it. A part that could not be read is absent.
///
/// @param throttling absent without a quota
/// @param memory in use now
/// @param memoryPeak the most that was in use
/// @param pids processes and threads
public record Usage(
    Optional<CpuController.Usage> cpu,
    Optional<CpuController.Throttling> throttling,
    Optional<Bytes> memory,
    Optional<Bytes> memoryPeak,
    Optional<Limit<Bytes>> memoryLimit,
    Optional<MemoryController.Stat> memoryStat,
    Optional<Long> pids) {}
