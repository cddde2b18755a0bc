package dev.holdfast.cli;

import java.time.Duration;

/// Durations for a person to read.
final class Durations {
  private Durations() {}

  /// `250 ms`, `3.2 s`, `5m 10s`, `2h 5m`: cut, not rounded.
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      long tenths = millis / 100;
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    return duration.toHours() > 0
        ? duration.toHours() + "h " + duration.toMinutesPart() + "m"
        : duration.toMinutes() + "m " + duration.toSecondsPart() + "s";
  }
}
