package dev.holdfast.testkit.fake;

import dev.holdfast.linux.Errno;
import java.util.OptionalDouble;

/// A cgroup's CPU quota, period and burst in microseconds; a negative quota is none.
public record Bandwidth(long quota, long period, long burst) {
  public static final Bandwidth NONE = new Bandwidth(-1, 100_000, 0);

  private static final long SHORTEST = 1_000;
  private static final long LONGEST = 1_000_000;
  private static final long LARGEST_QUOTA = (1L << 44) - 1; // MAX_BW

  public Bandwidth withQuota(long micros) {
    return new Bandwidth(micros < 0 ? -1 : micros, period, burst);
  }

  public Bandwidth withPeriod(long micros) {
    return new Bandwidth(quota, micros, burst);
  }

  public Bandwidth withBurst(long micros) {
    return new Bandwidth(quota, period, micros);
  }

  /// The kernel's `tg_set_cfs_bandwidth()`.
  public void require() {
    boolean fits =
        period >= SHORTEST
            && period <= LONGEST
            && (quota < 0
                || (quota >= SHORTEST && quota <= LARGEST_QUOTA && burst >= 0 && burst <= quota));
    if (!fits) {
      throw new Refusal(Errno.EINVAL);
    }
  }

  /// The part of one CPU, absent without a quota.
  public OptionalDouble ratio() {
    return quota < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) quota / period);
  }
}
