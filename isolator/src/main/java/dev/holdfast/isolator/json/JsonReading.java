package dev.holdfast.isolator.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.cgroup.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The fields of an object of ours. What is missing is absent; what is of another kind throws some
/// [RuntimeException].
record JsonReading(JsonObject json) {
  boolean has(String name) {
    return json.has(name);
  }

  /// Empty, if it is missing.
  JsonReading part(String name) {
    return new JsonReading(has(name) ? json.getAsJsonObject(name) : new JsonObject());
  }

  List<JsonReading> parts(String name) {
    List<JsonReading> parts = new ArrayList<>();
    JsonArray array = has(name) ? json.getAsJsonArray(name) : new JsonArray();
    for (JsonElement element : array) {
      parts.add(new JsonReading(element.getAsJsonObject()));
    }
    return parts;
  }

  Map<String, Long> numbers() {
    Map<String, Long> numbers = new LinkedHashMap<>();
    json.entrySet().forEach(field -> numbers.put(field.getKey(), field.getValue().getAsLong()));
    return numbers;
  }

  boolean flag(String name) {
    return has(name) && json.get(name).getAsBoolean();
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(json.get(name)).map(JsonElement::getAsString);
  }

  Optional<Long> number(String name) {
    return Optional.ofNullable(json.get(name)).map(JsonElement::getAsLong);
  }

  Optional<Bytes> bytes(String name) {
    return number(name).map(Bytes::new);
  }

  Bytes amount(String name) {
    return bytes(name).orElse(Bytes.ZERO);
  }

  Optional<Duration> seconds(String name) {
    return Optional.ofNullable(json.get(name))
        .map(it -> Duration.ofNanos(Math.round(it.getAsDouble() * 1e9)));
  }

  Optional<Duration> nanos(String name) {
    return number(name).map(Duration::ofNanos);
  }
}
