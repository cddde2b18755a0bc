package dev.holdfast.agent.events;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.holdfast.api.Event;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;

/// An event as a line of the journal's file. Of ten thousand that are remembered few are ever asked
/// for, so they are kept as lines, a third as large.
///
/// @param owner the uid whose run it concerns; absent when it concerns the node
/// @param run that it concerns; empty when it concerns the node
/// @param text a JSON object, without a newline
record EventLine(long id, Optional<Integer> owner, String run, String text) {
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
    String run = event.run() == null ? "" : event.run();
    return new EventLine(event.id(), owner, run, json.toString());
  }

  /// Empty when it is torn, or none of ours.
  static Optional<EventLine> read(String line) {
    try (JsonReader json = new JsonReader(new StringReader(line))) {
      return Optional.of(read(json, line));
    } catch (IOException | RuntimeException torn) {
      return Optional.empty();
    }
  }

  private static EventLine read(JsonReader json, String line) throws IOException {
    Optional<Long> id = Optional.empty();
    Optional<Integer> owner = Optional.empty();
    String run = "";
    int told = 0;
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "id" -> id = Optional.of(json.nextLong());
        case "owner" -> owner = Optional.of(json.nextInt());
        case "run" -> run = json.nextString();
        case "time", "type", "message" -> {
          told += json.peek() == JsonToken.STRING ? 1 : 0;
          json.skipValue();
        }
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (told != 3 || json.peek() != JsonToken.END_DOCUMENT) {
      throw new IOException("not an event");
    }
    return new EventLine(id.orElseThrow(), owner, run, line);
  }

  Event event() {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    return new Event(
        id,
        json.get("time").getAsString(),
        json.get("type").getAsString(),
        text(json, "run").orElse(null),
        text(json, "framework").orElse(null),
        text(json, "executor").orElse(null),
        json.get("message").getAsString(),
        json.get("data") instanceof JsonObject data ? data : null);
  }

  private static Optional<String> text(JsonObject json, String name) {
    return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
  }
}
