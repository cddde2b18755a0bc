package dev.holdfast.isolator.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The other side of the wire: what executor-launcher's sources say about it, and a reader of its
/// records.
public final class LauncherHeaders {
  private static final Path SOURCES = Path.of("src/main/c");
  private static final Pattern COMMENT = Pattern.compile("//[^\n]*");
  private static final Pattern RULE = Pattern.compile("\\[(\\w+)] = \\{(\\w+), [^,}]*, ([^}]*)}");

  private LauncherHeaders() {}

  /// One field of a record.
  public static final class Field {
    private final int type;
    private final byte[] payload;

    private Field(int type, byte[] payload) {
      this.type = type;
      this.payload = payload;
    }

    public int type() {
      return type;
    }

    public byte[] payload() {
      return payload.clone();
    }

    /// Without the NUL at its end.
    public String text() {
      return new String(payload, 0, payload.length - 1, UTF_8);
    }
  }

  /// A source file without its comments.
  public static String source(String file) {
    try {
      return COMMENT.matcher(Files.readString(SOURCES.resolve(file))).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The names and numbers of an enum, without names that count or combine the others.
  public static Map<String, Integer> enumeration(String file, String name) {
    Matcher matcher = Pattern.compile("enum " + name + " \\{([^}]*)}").matcher(source(file));
    if (!matcher.find()) {
      throw new IllegalStateException("no enum " + name + " in " + file);
    }
    Map<String, Integer> values = new LinkedHashMap<>();
    int next = 0;
    for (String constant : matcher.group(1).split(",", -1)) {
      String[] parts = constant.strip().split("\\s*=\\s*", -1);
      if (!parts[0].isEmpty()) {
        next = parts.length > 1 ? Integer.decode(parts[1]) : next;
        values.put(parts[0], next++);
      }
    }
    values.keySet().removeIf(it -> it.endsWith("_TYPES") || it.startsWith("ALL_"));
    return values;
  }

  /// The fields of a record by their names there, texts as texts, in their order.
  public static Map<String, List<String>> texts(LaunchRecord record) {
    Map<Integer, String> names = new LinkedHashMap<>();
    enumeration("record.h", "field_type").forEach((name, type) -> names.put(type, name));
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (Field field : fields(record)) {
      String name = names.getOrDefault(field.type(), "unknown type " + field.type());
      texts.computeIfAbsent(name, _ -> new ArrayList<>()).add(field.text());
    }
    return texts;
  }

  /// What the launcher would refuse of a record, by the rules of `record.c`.
  public static List<String> violations(LaunchRecord record) {
    Map<String, List<String>> texts = texts(record);
    List<String> violations = new ArrayList<>();
    Set<String> known = new HashSet<>();
    Matcher rule = RULE.matcher(source("record.c"));
    while (rule.find()) {
      String name = rule.group(1);
      known.add(name);
      List<String> values = texts.getOrDefault(name, List.of());
      if (rule.group(3).contains("REQUIRED") && values.isEmpty()) {
        violations.add(name + " is missing");
      }
      if (!rule.group(3).contains("REPEATABLE") && values.size() > 1) {
        violations.add(name + " is there " + values.size() + " times");
      }
      for (String value : values) {
        if (rule.group(2).equals("ABSOLUTE_PATH") && !value.startsWith("/")) {
          violations.add(name + " is not absolute: " + value);
        }
      }
    }
    if (!known.containsAll(texts.keySet())) {
      violations.add("no rule for one of " + texts.keySet());
    }
    return violations;
  }

  /// Reads a record as `record.c` does.
  public static List<Field> fields(LaunchRecord record) {
    ByteBuffer bytes = ByteBuffer.wrap(record.encode()).order(ByteOrder.nativeOrder());
    int magic = bytes.getInt();
    int length = bytes.getInt();
    if (magic != 0x314c4648 || length != bytes.remaining() || length % 8 != 0) {
      throw new IllegalStateException("not a record: magic " + magic + ", length " + length);
    }
    List<Field> fields = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int type = bytes.getInt();
      byte[] payload = new byte[bytes.getInt()];
      bytes.get(payload);
      fields.add(new Field(type, payload));
      bytes.position((bytes.position() + 7) & ~7);
    }
    return fields;
  }
}
