package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.files.ControlText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// docs.kernel.org/scheduler/sched-bwc.html and admin-guide/cgroup-v1/cpuacct.html.
final class CpuV1 implements CpuController {
  private static final String NO_QUOTA = "-1";

  private final CgroupFs fs;
  private final Path shares;
  private final Path period;
  private final Path quota;
  private final Path burst;
  private final Path stat;
  private final Path total;
  private final Path split;

  CpuV1(CgroupFs fs, Path cpu, Path cpuacct) {
    this.fs = fs;
    shares = cpu.resolve("cpu.shares");
    period = cpu.resolve("cpu.cfs_period_us");
    quota = cpu.resolve("cpu.cfs_quota_us");
    burst = cpu.resolve("cpu.cfs_burst_us");
    stat = cpu.resolve("cpu.stat");
    total = cpuacct.resolve("cpuacct.usage");
    split = cpuacct.resolve("cpuacct.stat");
  }

  @Override
  public void setShares(CpuShares value) {
    fs.write(shares, Long.toString(value.count()));
  }

  @Override
  public CpuShares shares() {
    return new CpuShares(ControlText.number(fs, shares));
  }

  @Override
  public void setBandwidth(Limit<CpuBandwidth> bandwidth) {
    switch (bandwidth) {
      case Limit.Unlimited<CpuBandwidth> _ -> fs.write(quota, NO_QUOTA);
      case Limit.At<CpuBandwidth>(var value) -> write(value);
    }
  }

  /// One after the other, and at no instant more of a CPU than before or after: a parent may have
  /// no more to give. For each write the kernel looks at all cgroups of the machine, so none is
  /// made that changes nothing.
  private void write(CpuBandwidth value) {
    long before = ControlText.number(fs, period);
    if (value.periodMicros() > before) {
      fs.write(period, Long.toString(value.periodMicros()));
    }
    writeQuota(value.quotaMicros());
    if (value.periodMicros() < before) {
      fs.write(period, Long.toString(value.periodMicros()));
    }
  }

  /// The kernel refuses a quota below the burst.
  private void writeQuota(long micros) {
    try {
      fs.write(quota, Long.toString(micros));
    } catch (CgroupException.BadValue belowBurst) {
      if (!fs.exists(burst) || ControlText.number(fs, burst) <= micros) {
        throw belowBurst;
      }
      fs.write(burst, Long.toString(micros));
      fs.write(quota, Long.toString(micros));
    }
  }

  @Override
  public Limit<CpuBandwidth> bandwidth() {
    long micros = ControlText.number(fs, quota);
    return micros < 0
        ? Limit.unlimited()
        : Limit.at(new CpuBandwidth(micros, ControlText.number(fs, period)));
  }

  @Override
  public void setBurst(Duration value) {
    fs.write(burst, Long.toString(value.toNanos() / 1_000));
  }

  @Override
  public Optional<Duration> burst() {
    try {
      return Optional.of(Duration.ofNanos(ControlText.number(fs, burst) * 1_000));
    } catch (CgroupException.NotFound olderKernel) {
      return Optional.empty();
    }
  }

  @Override
  public Usage usage() {
    Map<String, Long> ticks = ControlText.flatKeyed(fs, split);
    return new Usage(
        Duration.ofNanos(ControlText.number(fs, total)),
        ControlText.fromTicks(ticks.getOrDefault("user", 0L)),
        ControlText.fromTicks(ticks.getOrDefault("system", 0L)));
  }

  @Override
  public Optional<Throttling> throttling() {
    Map<String, Long> values = ControlText.flatKeyed(fs, stat);
    Long periods = values.get("nr_periods");
    return periods == null
        ? Optional.empty()
        : Optional.of(
            new Throttling(
                periods,
                values.getOrDefault("nr_throttled", 0L),
                Duration.ofNanos(values.getOrDefault("throttled_time", 0L))));
  }
}
