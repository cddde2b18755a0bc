package dev.holdfast.api;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.JsonElement;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds a request's JSON against the record that it is to become, before it does: gson itself
/// passes over fields that it does not know and takes `"5"` for 5.
final class RequestCheck {
  /// By their names in JSON. The JDK looks them up anew each time that it is asked.
  private static final ClassValue<Map<String, RecordComponent>> FIELDS =
      new ClassValue<>() {
        @Override
        protected Map<String, RecordComponent> computeValue(Class<?> type) {
          return fields(type);
        }
      };

  private final JsonReader json;

  private RequestCheck(JsonReader json) {
    this.json = json;
  }

  /// @throws IllegalArgumentException naming the first field that does not fit
  static void check(String text, Class<?> type) {
    JsonReader json = new JsonReader(new StringReader(text));
    json.setStrictness(Strictness.STRICT);
    try {
      new RequestCheck(json).value(type, "");
    } catch (EOFException e) {
      throw new IllegalArgumentException(
          text.isBlank() ? "there is no JSON object" : "the JSON ends too early", e);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("not JSON, at " + json.getPath(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void value(Type type, String path) throws IOException {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == List.class) {
        list(generic.getActualTypeArguments()[0], path);
      } else if (generic.getRawType() == Map.class) {
        map(generic.getActualTypeArguments()[1], path);
      } else {
        throw new AssertionError(type);
      }
    } else if (type instanceof Class<?> known) {
      value(known, path);
    } else {
      throw new AssertionError(type);
    }
  }

  private void value(Class<?> type, String path) throws IOException {
    if (type.isRecord()) {
      object(type, path);
    } else if (type == String.class) {
      expect(JsonToken.STRING, "a string", path);
      json.skipValue();
    } else if (type == boolean.class || type == Boolean.class) {
      expect(JsonToken.BOOLEAN, "true or false", path);
      json.skipValue();
    } else if (JsonElement.class.isAssignableFrom(type)) {
      json.skipValue();
    } else {
      number(type, path);
    }
  }

  private void number(Class<?> type, String path) throws IOException {
    expect(JsonToken.NUMBER, "a number", path);
    String text = json.nextString();
    try {
      if (type == int.class || type == Integer.class) {
        new BigDecimal(text).intValueExact();
      } else if (type == long.class || type == Long.class) {
        new BigDecimal(text).longValueExact();
      } else if (type == double.class || type == Double.class) {
        if (!Double.isFinite(Double.parseDouble(text))) {
          throw new ArithmeticException("too large");
        }
      } else {
        throw new AssertionError(type);
      }
    } catch (ArithmeticException | NumberFormatException e) {
      boolean whole = type != double.class && type != Double.class;
      throw new IllegalArgumentException(
          path + ": " + text + " is not " + (whole ? "a whole number" : "a number") + " in range",
          e);
    }
  }

  private void object(Class<?> type, String path) throws IOException {
    expect(JsonToken.BEGIN_OBJECT, "an object", path);
    Map<String, RecordComponent> fields = FIELDS.get(type);
    Set<String> seen = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      String at = path.isEmpty() ? name : path + "." + name;
      RecordComponent field = fields.get(name);
      if (field == null) {
        throw new IllegalArgumentException("there is no field '" + at + "'");
      }
      if (!seen.add(name)) {
        throw new IllegalArgumentException(at + ": is there twice");
      }
      if (json.peek() == JsonToken.NULL) {
        json.nextNull();
        seen.remove(name);
      } else {
        value(field.getGenericType(), at);
      }
    }
    json.endObject();
    fields.forEach((name, field) -> {
      boolean needed = field.isAnnotationPresent(Required.class) || isPrimitive(field);
      if (needed && !seen.contains(name)) {
        throw new IllegalArgumentException(
            (path.isEmpty() ? name : path + "." + name) + ": is missing");
      }
    });
  }

  private static boolean isPrimitive(RecordComponent field) {
    return field.getType().isPrimitive();
  }

  private static Map<String, RecordComponent> fields(Class<?> type) {
    Map<String, RecordComponent> fields = new HashMap<>();
    RecordComponent[] components = type.getRecordComponents();
    try {
      for (RecordComponent component : components) {
        fields.put(
            FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES.translateName(
                type.getDeclaredField(component.getName())),
            component);
      }
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
    return fields;
  }

  private void list(Type element, String path) throws IOException {
    expect(JsonToken.BEGIN_ARRAY, "an array", path);
    json.beginArray();
    for (int i = 0; json.hasNext(); i++) {
      value(element, path + "[" + i + "]");
    }
    json.endArray();
  }

  private void map(Type element, String path) throws IOException {
    expect(JsonToken.BEGIN_OBJECT, "an object", path);
    Set<String> seen = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (!seen.add(name)) {
        throw new IllegalArgumentException(path + "." + name + ": is there twice");
      }
      value(element, path + "." + name);
    }
    json.endObject();
  }

  private void expect(JsonToken token, String what, String path) throws IOException {
    JsonToken found = json.peek();
    if (found != token) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "the body" : path) + ": " + word(found) + " is not " + what);
    }
  }

  private static String word(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY, END_ARRAY -> "an array";
      case BEGIN_OBJECT, END_OBJECT, NAME -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case END_DOCUMENT -> "nothing";
    };
  }
}
