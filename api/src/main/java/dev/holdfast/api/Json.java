package dev.holdfast.api;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.reflect.TypeToken;
import java.util.List;
import java.util.Objects;

/// Records to JSON and back: names in lower case with underscores, and what is null is not there.
public final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .setStrictness(Strictness.STRICT)
          .disableHtmlEscaping()
          .create();

  private Json() {}

  /// Reads what somebody asks for, to the letter: no field that `type` does not have, none twice,
  /// no value of another kind.
  ///
  /// @throws IllegalArgumentException with one sentence that names the field
  public static <T> T parse(String text, Class<T> type) {
    RequestCheck.check(text, type);
    try {
      return Objects.requireNonNull(GSON.fromJson(text, type));
    } catch (JsonParseException | NumberFormatException e) {
      throw new IllegalArgumentException("not JSON, or more than one object", e);
    }
  }

  /// Reads what an agent answers: a newer one may tell more than is known here.
  ///
  /// @throws IllegalArgumentException when it is no such JSON
  static <T> T read(String text, Class<T> type) {
    return read(text, TypeToken.get(type));
  }

  /// The same, of an array.
  static <T> List<T> readList(String text, Class<T> type) {
    @SuppressWarnings("unchecked") // a list of `type` is what gson makes of this token
    TypeToken<List<T>> list = (TypeToken<List<T>>) TypeToken.getParameterized(List.class, type);
    return read(text, list);
  }

  private static <T> T read(String text, TypeToken<T> type) {
    try {
      T value = GSON.fromJson(text, type);
      return Objects.requireNonNull(value, "empty");
    } catch (JsonParseException | NumberFormatException | NullPointerException e) {
      throw new IllegalArgumentException("not the JSON of " + type, e);
    }
  }

  public static String format(Object value) {
    return GSON.toJson(value);
  }

  /// The record as a tree, to add to or to look into.
  public static JsonObject object(Object value) {
    return GSON.toJsonTree(value).getAsJsonObject();
  }
}
