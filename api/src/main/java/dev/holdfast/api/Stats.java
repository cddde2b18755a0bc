package dev.holdfast.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a run uses, as the kernel counted it. What the kernel does not tell is absent.
///
/// @param time when it was read, ISO 8601 in UTC
/// @param cpuPercent of one CPU, since the sample before
/// @param cpuPeriods 100 ms each, with a quota
/// @param memoryBytes all that is charged to the run
/// @param memoryWorkingSetBytes without the page cache that could be dropped
/// @param memoryShmemBytes tmpfs and shared memory
/// @param ioReadBytes from block devices: what the page cache answers is not counted
/// @param ioWrittenBytes to block devices, when the page cache does so
/// @param pressure by resource (`cpu`, `memory`, `io`): how much of the time something waited for
///   it
public record Stats(
    String time,
    @Nullable Double cpuSeconds,
    @Nullable Double cpuUserSeconds,
    @Nullable Double cpuSystemSeconds,
    @Nullable Double cpuPercent,
    @Nullable Double cpus,
    @Nullable Long cpuPeriods,
    @Nullable Long cpuThrottledPeriods,
    @Nullable Double cpuThrottledSeconds,
    @Nullable Long memoryBytes,
    @Nullable Long memoryLimitBytes,
    @Nullable Long memoryPeakBytes,
    @Nullable Long memoryWorkingSetBytes,
    @Nullable Long memoryAnonBytes,
    @Nullable Long memoryFileBytes,
    @Nullable Long memoryShmemBytes,
    @Nullable Long memoryKernelBytes,
    @Nullable Long memorySwapBytes,
    @Nullable Long oomKills,
    @Nullable Long pids,
    @Nullable Long pidsLimit,
    @Nullable Long ioReadBytes,
    @Nullable Long ioWrittenBytes,
    @Nullable Long ioReads,
    @Nullable Long ioWrites,
    @Nullable Map<String, PressureStats> pressure) {
  /// Shares of the time, in percent, over the last 10 s, and seconds in total.
  ///
  /// @param someAvg10 some process waited
  /// @param fullAvg10 all of them waited
  public record PressureStats(
      double someAvg10,
      double someTotalSeconds,
      @Nullable Double fullAvg10,
      @Nullable Double fullTotalSeconds) {}
}
