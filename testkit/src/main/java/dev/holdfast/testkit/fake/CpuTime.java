package dev.holdfast.testkit.fake;

import java.time.Duration;

/// CPU time that a cgroup's own processes have used, and how its quota held them back.
public final class CpuTime {
  private static final Duration TICK = Duration.ofMillis(10);

  private Duration user = Duration.ZERO;
  private Duration system = Duration.ZERO;
  private long periods;
  private long throttledPeriods;
  private Duration throttled = Duration.ZERO;

  public void setUsed(Duration user, Duration system) {
    this.user = user;
    this.system = system;
  }

  public void setThrottling(long periods, long throttledPeriods, Duration throttled) {
    this.periods = periods;
    this.throttledPeriods = throttledPeriods;
    this.throttled = throttled;
  }

  /// A part that counts CPU time.
  public interface Counting extends Part {
    CpuTime time();
  }

  /// A part that tells how a quota held its processes back.
  public interface Throttled extends Part {
    CpuTime throttling();
  }

  public static Duration user(Node node) {
    return sum(node, true, false);
  }

  public static Duration system(Node node) {
    return sum(node, false, true);
  }

  public static Duration total(Node node) {
    return sum(node, true, true);
  }

  private static Duration sum(Node node, boolean user, boolean system) {
    Duration sum = Duration.ZERO;
    for (Node below : node.subtree()) {
      CpuTime time = below.require(Counting.class).time();
      sum = sum.plus(user ? time.user : Duration.ZERO).plus(system ? time.system : Duration.ZERO);
    }
    return sum;
  }

  public static long ticks(Duration time) {
    return time.dividedBy(TICK);
  }

  public long periods() {
    return periods;
  }

  public long throttledPeriods() {
    return throttledPeriods;
  }

  public Duration throttled() {
    return throttled;
  }
}
