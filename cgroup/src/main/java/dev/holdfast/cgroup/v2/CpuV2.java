package dev.holdfast.cgroup.v2;

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

/// docs.kernel.org/admin-guide/cgroup-v2.html "CPU Interface Files".
final class CpuV2 implements CpuController {
  private static final String NO_LIMIT = "max";

  private final CgroupFs fs;
  private final Path weight;
  private final Path max;
  private final Path burst;
  private final Path stat;

  CpuV2(CgroupFs fs, Path directory) {
    this.fs = fs;
    weight = directory.resolve("cpu.weight");
    max = directory.resolve("cpu.max");
    burst = directory.resolve("cpu.max.burst");
    stat = directory.resolve("cpu.stat");
  }

  @Override
  public void setShares(CpuShares shares) {
    fs.write(weight, Long.toString(shares.weight()));
  }

  @Override
  public CpuShares shares() {
    return CpuShares.ofWeight(ControlText.number(fs, weight));
  }

  @Override
  public void setBandwidth(Limit<CpuBandwidth> bandwidth) {
    String text =
        switch (bandwidth) {
          case Limit.Unlimited<CpuBandwidth> _ -> NO_LIMIT;
          case Limit.At<CpuBandwidth>(var value) ->
              value.quotaMicros() + " " + value.periodMicros();
        };
    try {
      fs.write(max, text);
    } catch (CgroupException.BadValue belowBurst) {
      long quota = bandwidth.value().map(CpuBandwidth::quotaMicros).orElse(Long.MAX_VALUE);
      if (!fs.exists(burst) || ControlText.number(fs, burst) <= quota) {
        throw belowBurst;
      }
      fs.write(burst, Long.toString(quota));
      fs.write(max, text);
    }
  }

  @Override
  public Limit<CpuBandwidth> bandwidth() {
    String text = fs.read(max).strip();
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new CgroupException.Malformed("read " + max + ": '" + text + "'", max);
    }
    String quota = text.substring(0, space);
    return quota.equals(NO_LIMIT)
        ? Limit.unlimited()
        : Limit.at(
            new CpuBandwidth(
                ControlText.number(quota, max),
                ControlText.number(text.substring(space + 1), max)));
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
    Map<String, Long> values = ControlText.flatKeyed(fs, stat);
    return new Usage(
        micros(values, "usage_usec"), micros(values, "user_usec"), micros(values, "system_usec"));
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
                micros(values, "throttled_usec")));
  }

  private static Duration micros(Map<String, Long> values, String key) {
    return Duration.ofNanos(values.getOrDefault(key, 0L) * 1_000);
  }
}
