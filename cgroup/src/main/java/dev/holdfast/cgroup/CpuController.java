package dev.holdfast.cgroup;

import java.time.Duration;
import java.util.Optional;

/// CPU time: the claim when it is scarce, the cap, and what has been used.
public interface CpuController {
  void setShares(CpuShares shares);

  CpuShares shares();

  void setBandwidth(Limit<CpuBandwidth> bandwidth);

  Limit<CpuBandwidth> bandwidth();

  /// How much unused quota may be saved up and spent at once, since Linux 5.14; at most the quota.
  ///
  /// @throws CgroupException.NotFound on an older kernel
  void setBurst(Duration burst);

  /// Absent before Linux 5.14.
  Optional<Duration> burst();

  Usage usage();

  /// Absent where the kernel has no CFS bandwidth.
  Optional<Throttling> throttling();

  /// CPU time used by the cgroup and those below it since its creation.
  ///
  /// @param total exact
  /// @param user a split of the total that may lag by a clock tick
  record Usage(Duration total, Duration user, Duration system) {}

  /// @param periods enforcement periods in which the cgroup ran
  /// @param throttledPeriods those in which it used up its quota
  /// @param throttled how long its runnable processes had to wait
  record Throttling(long periods, long throttledPeriods, Duration throttled) {}
}
