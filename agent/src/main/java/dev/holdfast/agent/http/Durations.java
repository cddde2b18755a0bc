package dev.holdfast.agent.http;

import com.google.gson.JsonElement;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations in requests: seconds, or `10s`, `1h30m`, `250ms`.
final class Durations {
  private static final Pattern PART =
      Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ms|s|m|h|d)");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}(?:\\.[0-9]{1,9})?");

  private static final long MOST_SECONDS = 1_000_000_000_000L;

  private Durations() {}

  /// @param what it is called in the message
  /// @throws Refusal when `text` is none
  static Duration parse(String what, String text) {
    if (SECONDS.matcher(text).matches()) {
      return nanos(new BigDecimal(text), 1_000_000_000L);
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    while (at < text.length() && part.find(at) && part.start() == at) {
      sum = sum.plus(nanos(new BigDecimal(part.group(1)), unit(part.group(2))));
      at = part.end();
    }
    if (text.isEmpty() || at < text.length()) {
      throw Refusal.badRequest(
          "'" + what + "' is '" + text + "', not a duration as 10, 10s, 1h30m or 250ms");
    }
    return sum;
  }

  static Duration parse(String what, JsonElement json) {
    if (!json.isJsonPrimitive() || json.getAsJsonPrimitive().isBoolean()) {
      throw Refusal.badRequest("'" + what + "' is neither a text nor a number of seconds");
    }
    if (!json.getAsJsonPrimitive().isNumber()) {
      return parse(what, json.getAsString());
    }
    double seconds = json.getAsDouble();
    if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
      throw Refusal.badRequest("'" + what + "' is not from 0 to " + MOST_SECONDS + " seconds");
    }
    return nanos(BigDecimal.valueOf(seconds), 1_000_000_000L);
  }

  private static Duration nanos(BigDecimal count, long unit) {
    BigDecimal nanos = count.multiply(BigDecimal.valueOf(unit));
    BigDecimal[] parts = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
    return Duration.ofSeconds(
        parts[0].longValue(), parts[1].setScale(0, RoundingMode.HALF_UP).longValue());
  }

  private static long unit(String name) {
    return switch (name) {
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 86_400_000_000_000L;
    };
  }
}
