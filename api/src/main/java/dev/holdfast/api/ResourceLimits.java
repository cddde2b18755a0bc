package dev.holdfast.api;

import org.jspecify.annotations.Nullable;

/// What a run may use. An absent part is not limited; in an update it stays as it is.
///
/// @param cpus CPUs, as 0.5
/// @param cpuMode `shares`, `quota` or `pinned`
/// @param cpuBurstSeconds unused quota that may be saved up
/// @param cpusetCpus CPUs to run on, as `0-2,5`
/// @param memorySwapBytes limit on memory and swap together; -1 for none
/// @param pids processes and threads
public record ResourceLimits(
    @Nullable Double cpus,
    @Nullable String cpuMode,
    @Nullable Double cpuBurstSeconds,
    @Nullable String cpusetCpus,
    @Nullable Long memoryBytes,
    @Nullable Long memoryReservationBytes,
    @Nullable Long memorySwapBytes,
    @Nullable Long pids) {
  public static final ResourceLimits NONE =
      new ResourceLimits(null, null, null, null, null, null, null, null);
}
