package dev.holdfast.agent.http;

import com.google.gson.JsonElement;
import dev.holdfast.isolator.DurationText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/// Durations in requests: a text, or JSON's number of seconds.
final class Durations {
  private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000_000;

  private Durations() {}

  /// @param what it is called in the message
  /// @throws Refusal when `text` is none
  static Duration parse(String what, String text) {
    try {
      return DurationText.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("'" + what + "': " + e.getMessage());
    }
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
    BigDecimal nanos = BigDecimal.valueOf(seconds).movePointRight(9);
    BigDecimal[] parts =
        nanos
            .setScale(0, RoundingMode.HALF_UP)
            .divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
    return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
  }
}
