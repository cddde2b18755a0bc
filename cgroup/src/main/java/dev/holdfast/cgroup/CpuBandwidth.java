package dev.holdfast.cgroup;

import java.time.Duration;

/// A hard cap on CPU time: `quota` of it in each `period`, both in microseconds.
public record CpuBandwidth(long quotaMicros, long periodMicros) {
  public CpuBandwidth {
    // The kernel's bounds, kernel/sched/core.c: min_cfs_quota_period and max_cfs_quota_period.
    if (quotaMicros < 1_000) {
      throw new IllegalArgumentException("a cpu quota is at least 1000 µs, got " + quotaMicros);
    }
    if (periodMicros < 1_000 || periodMicros > 1_000_000) {
      throw new IllegalArgumentException("a cpu period is 1000 to 1000000 µs, got " + periodMicros);
    }
  }

  public static CpuBandwidth of(Duration quota, Duration period) {
    return new CpuBandwidth(quota.toNanos() / 1_000, period.toNanos() / 1_000);
  }

  @Override
  public String toString() {
    return quotaMicros + " µs in each " + periodMicros + " µs";
  }
}
