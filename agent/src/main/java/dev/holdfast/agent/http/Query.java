package dev.holdfast.agent.http;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A request's parameters: each at most once, and none that the route does not know.
final class Query {
  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /// @param known the route's
  /// @throws Refusal naming the first that is unknown, twice there or malformed
  static Query parse(Optional<String> raw, Collection<String> known) {
    Map<String, String> values = new HashMap<>();
    for (String pair : raw.orElse("").split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (!known.contains(name)) {
        throw Refusal.badRequest("there is no parameter '" + name + "' here");
      }
      if (values.put(name, value) != null) {
        throw Refusal.badRequest("the parameter '" + name + "' is there twice");
      }
    }
    return new Query(values);
  }

  private static String decode(String raw) {
    return Paths.decode(raw.replace('+', ' '), "query");
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// @param absent what it is when it is not there; there without a value means true
  boolean flag(String name, boolean absent) {
    String value = values.get(name);
    return switch (value) {
      case null -> absent;
      case "", "1", "true" -> true;
      case "0", "false" -> false;
      default ->
          throw Refusal.badRequest(
              "the parameter '" + name + "' is '" + value + "', neither 1 nor 0");
    };
  }

  OptionalLong count(String name) {
    return text(name).map(value -> count(name, value)).orElse(OptionalLong.empty());
  }

  /// @param what it is called in the message
  static OptionalLong count(String what, String value) {
    try {
      long count = Long.parseLong(value);
      if (count >= 0) {
        return OptionalLong.of(count);
      }
    } catch (NumberFormatException e) {
      // not a number: as bad as a negative one
    }
    throw Refusal.badRequest("'" + what + "' is '" + value + "', not a whole number from 0 on");
  }

  Optional<Duration> duration(String name) {
    return text(name).map(value -> Durations.parse(name, value));
  }
}
