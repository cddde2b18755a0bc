package dev.holdfast.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.holdfast.api.Json;

/// Records as JSON for people and programs.
final class JsonText {
  private static final Gson INDENTED =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private JsonText() {}

  /// Indented, with a line feed at the end.
  static String format(Object value) {
    JsonElement tree =
        value instanceof JsonElement element ? element : JsonParser.parseString(Json.format(value));
    return harmless(INDENTED.toJson(tree)) + '\n';
  }

  static String formatLine(Object value) {
    return harmless(Json.format(value)) + '\n';
  }

  /// JSON asks to escape the control characters of ASCII; a terminal obeys those of Latin-1, too.
  private static String harmless(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c >= 0x7f && c <= 0x9f) {
        text.append("\\u00").append(Integer.toHexString(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
