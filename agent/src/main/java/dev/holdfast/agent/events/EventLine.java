package dev.holdfast.agent.events;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.holdfast.api.Event;
import dev.holdfast.linux.ByteText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/// An event as a line of the journal's file. Of ten thousand that are remembered few are ever asked
/// for, so they are kept as they are written, and read by the little that has to be known of all:
/// that takes an agent that starts a tenth of the time. What we write begins with the id and ends
/// with the owner, and no text in it has a quote without a backslash.
final class EventLine {
  private static final byte[] ID = ascii("{\"id\":");
  private static final byte[] RUN = ascii("\"run\":\"");
  private static final byte[] OWNER = ascii(",\"owner\":");

  private final long id;
  private final byte[] text;

  private EventLine(long id, byte[] text) {
    this.id = id;
    this.text = text;
  }

  static EventLine of(Event event, Optional<Integer> owner) {
    JsonObject json = new JsonObject();
    json.addProperty("id", event.id());
    json.addProperty("time", event.time());
    json.addProperty("type", event.type());
    if (event.run() != null) {
      json.addProperty("run", event.run());
    }
    if (event.framework() != null) {
      json.addProperty("framework", event.framework());
    }
    if (event.executor() != null) {
      json.addProperty("executor", event.executor());
    }
    json.addProperty("message", event.message());
    if (event.data() != null) {
      json.add("data", event.data());
    }
    owner.ifPresent(uid -> json.addProperty("owner", uid));
    return new EventLine(event.id(), ByteText.encode(json.toString()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// A line of `file` without its newline; empty when it is torn, or none of ours.
  static Optional<EventLine> read(byte[] file, int from, int to) {
    byte[] text = Arrays.copyOfRange(file, from, to);
    int digits = ID.length;
    while (digits < text.length && isDigit(text[digits])) {
      digits++;
    }
    boolean whole =
        isAt(text, 0, ID)
            && digits > ID.length
            && digits < Math.min(text.length, ID.length + 18)
            && text[digits] == ','
            && isOneObject(text);
    if (!whole) {
      return Optional.empty();
    }
    EventLine line = new EventLine(number(text, ID.length, digits), text);
    // Whose run it concerns is told last: without that everybody would see it.
    return line.owner().isPresent() == line.hasRun() ? Optional.of(line) : Optional.empty();
  }

  /// Whether the brace that it begins with is closed by its last.
  private static boolean isOneObject(byte[] text) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length; i++) {
      byte character = text[i];
      if (quoted) {
        if (character == '\\') {
          i++;
        } else if (character == '"') {
          quoted = false;
        }
      } else if (character == '"') {
        quoted = true;
      } else if (character == '{') {
        depth++;
      } else if (character == '}' && --depth == 0) {
        return i == text.length - 1;
      }
    }
    return false;
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }

  private static boolean isAt(byte[] text, int at, byte[] part) {
    return at >= 0
        && at + part.length <= text.length
        && Arrays.equals(text, at, at + part.length, part, 0, part.length);
  }

  /// -1 when it is not in there.
  private static int find(byte[] text, byte[] part) {
    for (int i = 0; i + part.length <= text.length; i++) {
      if (text[i] == part[0] && isAt(text, i, part)) {
        return i;
      }
    }
    return -1;
  }

  private static long number(byte[] text, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + text[i] - '0';
    }
    return number;
  }

  long id() {
    return id;
  }

  /// A JSON object, in UTF-8, without a newline.
  byte[] text() {
    return text;
  }

  /// The uid whose run it concerns; absent when it concerns the node.
  OptionalInt owner() {
    int digits = text.length - 1;
    while (digits > 0 && isDigit(text[digits - 1])) {
      digits--;
    }
    int length = text.length - 1 - digits;
    boolean told = length > 0 && length < 10 && isAt(text, digits - OWNER.length, OWNER);
    return told ? OptionalInt.of((int) number(text, digits, text.length - 1)) : OptionalInt.empty();
  }

  private boolean hasRun() {
    return find(text, RUN) >= 0;
  }

  boolean concerns(String run) {
    int at = find(text, RUN);
    return at >= 0 && isAt(text, at + RUN.length, ByteText.encode(run + "\""));
  }

  /// Empty when it is torn in its middle.
  Optional<Event> event() {
    JsonObject json;
    try {
      json = JsonParser.parseString(ByteText.decode(text)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException torn) {
      return Optional.empty();
    }
    if (!json.has("time") || !json.has("type") || !json.has("message")) {
      return Optional.empty();
    }
    return Optional.of(
        new Event(
            id,
            json.get("time").getAsString(),
            json.get("type").getAsString(),
            text(json, "run").orElse(null),
            text(json, "framework").orElse(null),
            text(json, "executor").orElse(null),
            json.get("message").getAsString(),
            json.get("data") instanceof JsonObject data ? data : null));
  }

  private static Optional<String> text(JsonObject json, String name) {
    return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
  }
}
