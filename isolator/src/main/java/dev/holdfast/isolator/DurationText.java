package dev.holdfast.isolator;

import java.math.BigDecimal;
import java.time.Duration;

/// Durations as people write them: one grammar for options, flags, files and requests.
public final class DurationText {
  /// Reading a number takes the square of its length, and requests can be long.
  private static final int LONGEST = 100;

  private DurationText() {}

  /// Reads `10s`, `5m`, `1h30m`, `250ms`, `1.5h`, `2d`, `1w`, and Mesos' words `5secs`, `1mins`,
  /// `2hrs`, `3days`, `1weeks`; a bare number is seconds. What is read fits into a long of
  /// nanoseconds.
  ///
  /// @throws IllegalArgumentException when `text` is none of these
  public static Duration parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw malformed(text);
    }
    long sum = 0;
    int at = 0;
    while (at < text.length()) {
      int unit = end(text, at, true);
      int next = end(text, unit, false);
      boolean bare = at == 0 && unit == text.length();
      try {
        long nanos = nanos(bare ? "s" : text.substring(unit, next), text);
        sum = Math.addExact(sum, nanos(text.substring(at, unit), nanos));
      } catch (ArithmeticException | NumberFormatException e) {
        throw malformed(text);
      }
      at = next;
    }
    return Duration.ofNanos(sum);
  }

  /// Where the numeral, or else the word, that begins at `at` ends.
  private static int end(String text, int at, boolean numeral) {
    int end = at;
    while (end < text.length() && isNumeral(text.charAt(end)) == numeral) {
      end++;
    }
    return end;
  }

  private static boolean isNumeral(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  /// Whole numbers by themselves: a start that needs no BigDecimal is 15 ms shorter.
  private static long nanos(String count, long unit) {
    return count.indexOf('.') < 0
        ? Math.multiplyExact(Long.parseLong(count), unit)
        : new BigDecimal(count).multiply(BigDecimal.valueOf(unit)).longValueExact();
  }

  private static long nanos(String unit, String text) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "µs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s", "secs" -> 1_000_000_000L;
      case "m", "min", "mins" -> 60_000_000_000L;
      case "h", "hrs" -> 3_600_000_000_000L;
      case "d", "days" -> 86_400_000_000_000L;
      case "w", "weeks" -> 604_800_000_000_000L;
      default -> throw malformed(text);
    };
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a duration: write 10s, 5m, 1h30m or 250ms");
  }
}
