package dev.holdfast.cgroup;

/// A relative claim to CPU time when it is scarce, in the unit of v1's `cpu.shares`, where a cgroup
/// that nobody configured has 1024.
public record CpuShares(long count) implements Comparable<CpuShares> {
  /// The kernel's bounds, `MIN_SHARES` and `MAX_SHARES` of kernel/sched/sched.h.
  public static final CpuShares MINIMUM = new CpuShares(2);

  public static final CpuShares MAXIMUM = new CpuShares(1 << 18);

  private static final long DEFAULT_SHARES = 1024;
  private static final long DEFAULT_WEIGHT = 100;
  private static final long LARGEST_WEIGHT = 10_000;

  public CpuShares {
    if (count < 2 || count > 1 << 18) {
      throw new IllegalArgumentException("cpu shares are 2 to 262144, got " + count);
    }
  }

  /// The same claim as v2's `cpu.weight`, 1 to 10000: the kernel's own conversion,
  /// `sched_weight_to_cgroup()`, which keeps the defaults 1024 and 100 equal. See docs/adr/0004.
  public long weight() {
    long rounded = (count * DEFAULT_WEIGHT + DEFAULT_SHARES / 2) / DEFAULT_SHARES;
    return Math.clamp(rounded, 1, LARGEST_WEIGHT);
  }

  /// The shares that a `cpu.weight` stands for, `sched_weight_from_cgroup()`.
  public static CpuShares ofWeight(long weight) {
    return new CpuShares(
        Math.clamp(
            (weight * DEFAULT_SHARES + DEFAULT_WEIGHT / 2) / DEFAULT_WEIGHT,
            MINIMUM.count,
            MAXIMUM.count));
  }

  @Override
  public int compareTo(CpuShares other) {
    return Long.compare(count, other.count);
  }

  @Override
  public String toString() {
    return Long.toString(count);
  }
}
