package dev.holdfast.agent.resources;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One resource as Mesos writes it: `cpus:1.5`, `ports(role):[31000-32000,33000-33999]`,
/// `disks:{a,b}`. The role is not kept: there is one user of all.
///
/// @param value the number, or the text of ranges or of a set
/// @param text what it was read from, for messages
record Resource(String name, String value, String text) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Pattern HEAD = Pattern.compile("([^()]*)(\\([^()]+\\))?");
  private static final Pattern SCALAR =
      Pattern.compile("[0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30}");
  private static final Pattern RANGES =
      Pattern.compile("\\[\\s*([0-9]+-[0-9]+(\\s*,\\s*[0-9]+-[0-9]+)*)?\\s*]");
  private static final Pattern SET = Pattern.compile("\\{[^{}]*}");

  /// @throws IllegalArgumentException naming the part that is none
  static List<Resource> parseAll(String text) {
    if (text.strip().startsWith("[")) {
      return parseJson(text);
    }
    List<Resource> resources = new ArrayList<>();
    for (String part : text.split(";", -1)) {
      if (!part.isBlank()) {
        resources.add(parse(part.strip()));
      }
    }
    return resources;
  }

  private static Resource parse(String text) {
    int colon = text.indexOf(':');
    var head = HEAD.matcher(text.substring(0, Math.max(colon, 0)).strip());
    if (!head.matches()) {
      throw malformed(text);
    }
    return new Resource(head.group(1).strip(), text.substring(colon + 1).strip(), text).checked();
  }

  /// `[{"name":"cpus","type":"SCALAR","scalar":{"value":2},"role":"*"}, …]`.
  private static List<Resource> parseJson(String text) {
    try {
      List<Resource> resources = new ArrayList<>();
      for (JsonElement element : JsonParser.parseString(text).getAsJsonArray()) {
        JsonObject json = element.getAsJsonObject();
        if (json.has("scalar")) {
          String value = json.getAsJsonObject("scalar").get("value").getAsString();
          resources.add(
              new Resource(json.get("name").getAsString(), value, element.toString()).checked());
        } else if (!json.has("ranges") && !json.has("set")) {
          throw malformed(element.toString());
        }
      }
      return resources;
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException
        | ClassCastException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a list of resources: write cpus:2;mem:4096, or Mesos' JSON"
              + " [{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":2}}]",
          e);
    }
  }

  private Resource checked() {
    boolean hasValue =
        SCALAR.matcher(value).matches()
            || RANGES.matcher(value).matches()
            || SET.matcher(value).matches();
    if (!NAME.matcher(name).matches() || !hasValue) {
      throw malformed(text);
    }
    return this;
  }

  /// @throws IllegalArgumentException when it is ranges or a set
  BigDecimal scalar() {
    if (!SCALAR.matcher(value).matches()) {
      throw malformed(text);
    }
    return new BigDecimal(value);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a resource: write cpus:2, mem:4096 (MiB), cpus(role):0.5,"
            + " ports:[31000-32000] or disks:{a,b}");
  }
}
