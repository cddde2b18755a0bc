package dev.holdfast.agent.node;

import dev.holdfast.api.ResourceLimits;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Limits;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Limits as they go over the wire.
final class WireLimits {
  private static final long NO_SWAP_LIMIT = -1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int MOST_CPUS = 1_000_000;

  private WireLimits() {}

  /// @throws IllegalArgumentException in one sentence
  static Limits parse(ResourceLimits wire) {
    return new Limits(
        Optional.ofNullable(wire.cpus()).map(WireLimits::cpus),
        wire.cpuMode() == null ? CpuMode.SHARES : named("cpu_mode", wire.cpuMode(), CpuMode::parse),
        Optional.ofNullable(wire.cpuBurstSeconds())
            .map(seconds -> seconds("cpu_burst_seconds", seconds)),
        Optional.ofNullable(wire.cpusetCpus())
            .map(text -> named("cpuset_cpus", text, CpuSet::parse)),
        Optional.ofNullable(wire.memoryBytes()).map(bytes -> bytes("memory_bytes", bytes)),
        Optional.ofNullable(wire.memoryReservationBytes())
            .map(bytes -> bytes("memory_reservation_bytes", bytes)),
        Optional.ofNullable(wire.memorySwapBytes()).map(WireLimits::swap),
        Optional.ofNullable(wire.pids()));
  }

  static ResourceLimits format(Limits limits) {
    return new ResourceLimits(
        limits.cpus().map(cpus -> cpus.millis() / 1000.0).orElse(null),
        limits.cpus().isPresent() ? limits.cpuMode().word() : null,
        limits.cpuBurst().map(burst -> burst.toNanos() / (double) NANOS_PER_SECOND).orElse(null),
        limits.cpusetCpus().map(CpuSet::format).orElse(null),
        limits.memory().map(Bytes::count).orElse(null),
        limits.memoryReservation().map(Bytes::count).orElse(null),
        limits.memoryAndSwap().map(WireLimits::swap).orElse(null),
        limits.pids().orElse(null));
  }

  /// What `change` names, and with it what of `before` that makes sense with alone: a mode has its
  /// number of cpus, a limit on swap its limit on memory.
  ///
  /// @throws IllegalArgumentException in one sentence
  static Limits parseChange(Limits before, ResourceLimits change) {
    ResourceLimits kept = format(before);
    boolean cpus =
        change.cpus() != null || change.cpuMode() != null || change.cpuBurstSeconds() != null;
    return parse(
        new ResourceLimits(
            cpus ? either(change.cpus(), kept.cpus()) : null,
            cpus ? either(change.cpuMode(), kept.cpuMode()) : null,
            change.cpuBurstSeconds(),
            change.cpusetCpus(),
            change.memorySwapBytes() == null
                ? change.memoryBytes()
                : either(change.memoryBytes(), kept.memoryBytes()),
            change.memoryReservationBytes(),
            change.memorySwapBytes(),
            change.pids()));
  }

  private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first == null ? second : first;
  }

  /// What `parse` makes of a field's text.
  ///
  /// @throws IllegalArgumentException that of `parse`, with the field's name before it
  static <T> T named(String field, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }

  /// @throws IllegalArgumentException for a negative time, one of more than a century, and none
  static Duration seconds(String field, double seconds) {
    if (!(seconds >= 0 && seconds <= 3.2e9)) {
      throw new IllegalArgumentException(field + ": " + seconds + " is not a number of seconds");
    }
    return Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
  }

  private static Cpus cpus(double cpus) {
    String text = Double.isFinite(cpus) ? plain(cpus) : Double.toString(cpus);
    if (!(cpus > 0 && cpus <= MOST_CPUS)) {
      throw new IllegalArgumentException(
          "cpus: " + text + " is not a number above 0, up to " + MOST_CPUS);
    }
    return Cpus.parse(text);
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static Bytes bytes(String field, long count) {
    if (count < 0) {
      throw new IllegalArgumentException(field + ": " + count + " is negative");
    }
    return new Bytes(count);
  }

  private static Limit<Bytes> swap(long bytes) {
    return bytes == NO_SWAP_LIMIT ? Limit.unlimited() : Limit.at(bytes("memory_swap_bytes", bytes));
  }

  private static long swap(Limit<Bytes> limit) {
    return limit.value().map(Bytes::count).orElse(NO_SWAP_LIMIT);
  }
}
