package dev.holdfast.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that stands still until the test moves it: the time of day, which may also jump, and the
/// monotonic time, which may not. Thread-safe.
public final class FakeClock extends Clock {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;
  private long nanos;

  /// At the beginning of 2026.
  public FakeClock() {}

  /// Both move on.
  ///
  /// @throws IllegalArgumentException when `duration` is negative
  public synchronized void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not run backwards: see jump");
    }
    now = now.plus(duration);
    nanos += duration.toNanos();
  }

  /// Somebody sets the time of day, forwards or back.
  public synchronized void jump(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /// Like `System.nanoTime()`, from 0.
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    FakeClock clock = this;
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return zone;
      }

      @Override
      public Clock withZone(ZoneId other) {
        return clock.withZone(other);
      }

      @Override
      public Instant instant() {
        return clock.instant();
      }
    };
  }
}
