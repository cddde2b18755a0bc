package dev.holdfast.it.harness;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/// What `--verdict` wrote, or a part of it. A path names a member of a member by dots.
public record VerdictDocument(JsonObject json) {
  public String text(String path) {
    return at(path).getAsString();
  }

  public long count(String path) {
    return at(path).getAsLong();
  }

  public double number(String path) {
    return at(path).getAsDouble();
  }

  public boolean is(String path) {
    return at(path).getAsBoolean();
  }

  public boolean has(String path) {
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot);
    return json.has(first) && (dot < 0 || part(first).has(path.substring(dot + 1)));
  }

  public VerdictDocument part(String path) {
    return new VerdictDocument(at(path).getAsJsonObject());
  }

  public List<VerdictDocument> parts(String path) {
    List<VerdictDocument> parts = new ArrayList<>();
    at(path).getAsJsonArray().forEach(it -> parts.add(new VerdictDocument(it.getAsJsonObject())));
    return parts;
  }

  public List<String> texts(String path) {
    List<String> texts = new ArrayList<>();
    at(path).getAsJsonArray().forEach(it -> texts.add(it.getAsString()));
    return texts;
  }

  private JsonElement at(String path) {
    JsonElement element = json;
    for (String member : path.split("\\.", -1)) {
      JsonElement next = element.getAsJsonObject().get(member);
      if (next == null) {
        throw new AssertionError("no " + path + " in " + json);
      }
      element = next;
    }
    return element;
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
