package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.isolator.json.InstantText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads a document's fields. What is missing or of another kind throws some [RuntimeException],
/// which [#parse] takes for a torn document.
public record Fields(JsonObject json) {
  /// Reads a whole document; empty when it is torn, or not such a document.
  public static <T> Optional<T> parse(String text, Function<Fields, T> reader) {
    try {
      return Optional.of(reader.apply(new Fields(JsonParser.parseString(text).getAsJsonObject())));
    } catch (RuntimeException torn) {
      return Optional.empty();
    }
  }

  private JsonElement required(String name) {
    JsonElement value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field '" + name + "'");
    }
    return value;
  }

  public boolean has(String name) {
    return json.has(name);
  }

  String text(String name) {
    return required(name).getAsString();
  }

  Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  long number(String name) {
    return required(name).getAsLong();
  }

  Optional<Long> optionalNumber(String name) {
    return has(name) ? Optional.of(number(name)) : Optional.empty();
  }

  int integer(String name) {
    return Math.toIntExact(number(name));
  }

  boolean flag(String name) {
    return required(name).getAsBoolean();
  }

  Path path(String name) {
    return Path.of(text(name));
  }

  Instant instant(String name) {
    return InstantText.parse(text(name));
  }

  Optional<Duration> nanos(String name) {
    return optionalNumber(name).map(Duration::ofNanos);
  }

  Fields object(String name) {
    return new Fields(required(name).getAsJsonObject());
  }

  Optional<Fields> optionalObject(String name) {
    return has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  <T> List<T> list(String name, Function<JsonElement, T> reader) {
    List<T> values = new ArrayList<>();
    for (JsonElement element : required(name).getAsJsonArray()) {
      values.add(reader.apply(element));
    }
    return values;
  }

  <T> Map<String, T> map(String name, Function<JsonElement, T> reader) {
    Map<String, T> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : required(name).getAsJsonObject().entrySet()) {
      values.put(entry.getKey(), reader.apply(entry.getValue()));
    }
    return values;
  }

  static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  static JsonObject object(Map<String, String> texts) {
    JsonObject object = new JsonObject();
    texts.forEach(object::addProperty);
    return object;
  }
}
