package dev.holdfast.agent.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// `docs/api.yaml`, and as much of JSON Schema as it uses.
record ApiDocument(Map<String, Object> root) {
  static ApiDocument read() throws IOException {
    String text = Files.readString(Path.of("../docs/api.yaml"));
    Object root = new Load(LoadSettings.builder().build()).loadFromString(text);
    return new ApiDocument(map(root));
  }

  @SuppressWarnings("unchecked") // YAML's mappings
  static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value, "not in docs/api.yaml");
  }

  static List<?> list(@Nullable Object value) {
    return (List<?>) Objects.requireNonNull(value, "not in docs/api.yaml");
  }

  Map<String, Object> at(String... path) {
    Map<String, Object> at = root;
    for (String name : path) {
      at = map(at.get(name));
    }
    return resolve(at);
  }

  /// What a reference stands for.
  Map<String, Object> resolve(Map<String, Object> value) {
    if (value.get("$ref") instanceof String reference) {
      return at(reference.substring("#/".length()).split("/", -1));
    }
    return value;
  }

  Map<String, Object> operation(String method, String path) {
    return at("paths", path, method);
  }

  /// Of an operation and of its path.
  List<Map<String, Object>> parameters(String method, String path) {
    List<Map<String, Object>> parameters = new ArrayList<>();
    for (Map<String, Object> holder : List.of(at("paths", path), operation(method, path))) {
      for (Object parameter : list(holder.getOrDefault("parameters", List.of()))) {
        parameters.add(resolve(map(parameter)));
      }
    }
    return parameters;
  }

  /// What is wrong with `json` by `schema`, each as path and reason.
  List<String> faults(JsonElement json, Map<String, Object> schema) {
    List<String> faults = new ArrayList<>();
    check(json, schema, "$", faults);
    return faults;
  }

  private void check(
      JsonElement json, Map<String, Object> unresolved, String at, List<String> faults) {
    Map<String, Object> schema = resolve(unresolved);
    if (schema.get("oneOf") instanceof List<?> choices) {
      if (choices.stream().noneMatch(choice -> faults(json, map(choice)).isEmpty())) {
        faults.add(at + " is none of the choices: " + json);
      }
      return;
    }
    if (!isOfType(json, String.valueOf(schema.get("type")))) {
      faults.add(at + " is not of type " + schema.get("type") + ": " + json);
      return;
    }
    if (schema.get("enum") instanceof List<?> words && !words.contains(json.getAsString())) {
      faults.add(at + " is none of " + words + ": " + json);
    }
    if (json instanceof JsonObject object) {
      checkObject(object, schema, at, faults);
    } else if (json instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        check(array.get(i), map(schema.get("items")), at + "[" + i + "]", faults);
      }
    }
  }

  private void checkObject(
      JsonObject object, Map<String, Object> schema, String at, List<String> faults) {
    for (Object name : list(schema.getOrDefault("required", List.of()))) {
      if (!object.has(name.toString())) {
        faults.add(at + " has no " + name);
      }
    }
    Map<String, Object> known = map(schema.getOrDefault("properties", Map.of()));
    object
        .asMap()
        .forEach((name, value) -> {
          if (known.containsKey(name)) {
            check(value, map(known.get(name)), at + "." + name, faults);
          } else if (schema.get("additionalProperties") instanceof Map<?, ?> other) {
            check(value, map(other), at + "." + name, faults);
          } else if (!known.isEmpty()) {
            faults.add(at + " has " + name + ", which is not described");
          }
        });
  }

  private static boolean isOfType(JsonElement json, String type) {
    Optional<JsonPrimitive> value =
        json instanceof JsonPrimitive primitive ? Optional.of(primitive) : Optional.empty();
    return switch (type) {
      case "object" -> json.isJsonObject();
      case "array" -> json.isJsonArray();
      case "string" -> value.filter(JsonPrimitive::isString).isPresent();
      case "boolean" -> value.filter(JsonPrimitive::isBoolean).isPresent();
      case "number" -> value.filter(JsonPrimitive::isNumber).isPresent();
      case "integer" ->
          value
              .filter(JsonPrimitive::isNumber)
              .filter(number -> number.getAsBigDecimal().stripTrailingZeros().scale() <= 0)
              .isPresent();
      default -> throw new AssertionError("type " + type);
    };
  }
}
