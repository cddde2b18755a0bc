package dev.holdfast.api;

import org.jspecify.annotations.Nullable;

/// What a run may use. An absent part is not limited; in an update it stays as it is. [#builder]
/// makes one.
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

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the parts. The agent judges them.
  public static final class Builder {
    private @Nullable Double cpus;
    private @Nullable String cpuMode;
    private @Nullable Double cpuBurstSeconds;
    private @Nullable String cpusetCpus;
    private @Nullable Long memoryBytes;
    private @Nullable Long memoryReservationBytes;
    private @Nullable Long memorySwapBytes;
    private @Nullable Long pids;

    private Builder() {}

    public Builder cpus(double value) {
      cpus = value;
      return this;
    }

    public Builder cpuMode(String value) {
      cpuMode = value;
      return this;
    }

    public Builder cpuBurstSeconds(double value) {
      cpuBurstSeconds = value;
      return this;
    }

    public Builder cpusetCpus(String value) {
      cpusetCpus = value;
      return this;
    }

    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    public Builder memoryReservationBytes(long value) {
      memoryReservationBytes = value;
      return this;
    }

    public Builder memorySwapBytes(long value) {
      memorySwapBytes = value;
      return this;
    }

    public Builder pids(long value) {
      pids = value;
      return this;
    }

    public ResourceLimits build() {
      return new ResourceLimits(
          cpus,
          cpuMode,
          cpuBurstSeconds,
          cpusetCpus,
          memoryBytes,
          memoryReservationBytes,
          memorySwapBytes,
          pids);
    }
  }
}
