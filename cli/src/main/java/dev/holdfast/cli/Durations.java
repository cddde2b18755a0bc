package dev.holdfast.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/// Durations as users write them.
final class Durations {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Durations() {}

  /// Reads `10s`, `5m`, `1h30m`, `250ms`, `1.5h`, `2d`; a bare number is seconds.
  ///
  /// @throws IllegalArgumentException when `text` is none of these
  static Duration parse(String text) {
    if (text.isEmpty()) {
      throw malformed(text);
    }
    long sum = 0;
    int at = 0;
    while (at < text.length()) {
      int digits = at;
      while (digits < text.length() && isNumeral(text.charAt(digits))) {
        digits++;
      }
      int unit = digits;
      while (unit < text.length() && !isNumeral(text.charAt(unit))) {
        unit++;
      }
      try {
        boolean bare = at == 0 && digits == text.length();
        long unitNanos = bare ? NANOS_PER_SECOND : nanos(text.substring(digits, unit), text);
        BigDecimal nanos =
            new BigDecimal(text.substring(at, digits)).multiply(BigDecimal.valueOf(unitNanos));
        sum = Math.addExact(sum, nanos.setScale(0, RoundingMode.UNNECESSARY).longValueExact());
      } catch (ArithmeticException | NumberFormatException e) {
        throw malformed(text);
      }
      at = unit;
    }
    return Duration.ofNanos(sum);
  }

  private static boolean isNumeral(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static long nanos(String unit, String text) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "µs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> NANOS_PER_SECOND;
      case "m", "min" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      case "d" -> 86_400_000_000_000L;
      default -> throw malformed(text);
    };
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a duration: write 10s, 5m, 1h30m or 250ms");
  }

  /// For a person: `250 ms`, `3.2 s`, `5m 10s`, `2h 5m`.
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return BigDecimal.valueOf(millis, 3).setScale(1, RoundingMode.HALF_UP) + " s";
    }
    return duration.toHours() > 0
        ? duration.toHours() + "h " + duration.toMinutesPart() + "m"
        : duration.toMinutes() + "m " + duration.toSecondsPart() + "s";
  }
}
