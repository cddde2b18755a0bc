package dev.holdfast.agent.config;

import java.math.BigDecimal;
import java.time.Duration;

/// Durations as operators write them, the seed's spellings too.
public final class DurationText {
  private DurationText() {}

  /// Reads `10s`, `5m`, `1h30m`, `250ms`, `1w`, `15mins`; a bare number is seconds.
  ///
  /// @throws IllegalArgumentException when `text` is none of these
  public static Duration parse(String text) {
    Duration sum = Duration.ZERO;
    int at = 0;
    do {
      int unit = at;
      while (unit < text.length() && isNumeral(text.charAt(unit))) {
        unit++;
      }
      int end = unit;
      while (end < text.length() && !isNumeral(text.charAt(end))) {
        end++;
      }
      boolean bare = at == 0 && unit == text.length();
      sum = sum.plus(part(text, text.substring(at, unit), bare ? "s" : text.substring(unit, end)));
      at = end;
    } while (at < text.length());
    return sum;
  }

  private static Duration part(String text, String number, String unit) {
    try {
      BigDecimal nanos = new BigDecimal(number).multiply(BigDecimal.valueOf(nanos(unit)));
      return Duration.ofNanos(nanos.longValueExact());
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration: write 10s, 5m, 1h30m, 250ms or 1w", e);
    }
  }

  private static boolean isNumeral(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static long nanos(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "µs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s", "secs" -> 1_000_000_000L;
      case "m", "min", "mins" -> 60_000_000_000L;
      case "h", "hrs" -> 3_600_000_000_000L;
      case "d", "days" -> 86_400_000_000_000L;
      case "w", "weeks" -> 604_800_000_000_000L;
      default -> throw new IllegalArgumentException(unit);
    };
  }
}
