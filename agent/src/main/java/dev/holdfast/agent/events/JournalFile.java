package dev.holdfast.agent.events;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.api.Event;
import dev.holdfast.linux.ByteText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The journal's file: one JSON object a line. At 4 MiB it becomes `events.jsonl.1`, of which there
/// is one. A line that is torn is passed over. Events are no reason to fail: what cannot be written
/// is kept in memory alone. Not thread-safe: the journal's.
final class JournalFile implements AutoCloseable {
  static final long LARGEST = 4L << 20;

  private final Path path;
  private final Path old;
  private Optional<FileChannel> channel = Optional.empty();
  private volatile Optional<IOException> failure = Optional.empty();

  JournalFile(Path directory) {
    path = directory.resolve("events.jsonl");
    old = directory.resolve("events.jsonl.1");
  }

  /// All that is there, the oldest first.
  List<Journal.Entry> read() {
    List<Journal.Entry> entries = new ArrayList<>();
    read(old, entries);
    read(path, entries);
    return entries;
  }

  private void read(Path file, List<Journal.Entry> entries) {
    if (!Files.exists(file)) {
      return;
    }
    try {
      for (String line : ByteText.decode(Files.readAllBytes(file)).split("\n", -1)) {
        if (!line.isBlank()) {
          parse(line).ifPresent(entries::add);
        }
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
  }

  void append(Journal.Entry entry) {
    try {
      FileChannel open = channel();
      if (open.size() >= LARGEST) {
        open.close();
        channel = Optional.empty();
        Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
        open = channel();
      }
      ByteBuffer line = ByteBuffer.wrap(ByteText.encode(format(entry) + "\n"));
      while (line.hasRemaining()) {
        open.write(line);
      }
      failure = Optional.empty();
    } catch (IOException e) {
      failure = Optional.of(e);
    }
  }

  private FileChannel channel() throws IOException {
    if (channel.isEmpty()) {
      Files.createDirectories(path.getParent());
      FileChannel open =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
      channel = Optional.of(open);
      open.position(open.size());
      // Whatever tore the last line, the next one begins anew.
      if (open.size() > 0 && !endsWithNewline(open)) {
        open.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
    return channel.get();
  }

  private static boolean endsWithNewline(FileChannel open) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return open.read(last, open.size() - 1) == 1 && last.get(0) == '\n';
  }

  Optional<IOException> failure() {
    return failure;
  }

  private static String format(Journal.Entry entry) {
    Event event = entry.event();
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
    entry.owner().ifPresent(owner -> json.addProperty("owner", owner));
    return json.toString();
  }

  private static Optional<Journal.Entry> parse(String line) {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      Event event =
          new Event(
              json.get("id").getAsLong(),
              json.get("time").getAsString(),
              json.get("type").getAsString(),
              text(json, "run").orElse(null),
              text(json, "framework").orElse(null),
              text(json, "executor").orElse(null),
              json.get("message").getAsString(),
              json.has("data") ? json.getAsJsonObject("data") : null);
      Optional<Integer> owner =
          json.has("owner") ? Optional.of(json.get("owner").getAsInt()) : Optional.empty();
      return Optional.of(new Journal.Entry(event, owner));
    } catch (RuntimeException torn) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonObject json, String name) {
    return json.has(name) ? Optional.of(json.get(name).getAsString()) : Optional.empty();
  }

  @Override
  public void close() {
    try {
      if (channel.isPresent()) {
        channel.get().close();
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    channel = Optional.empty();
  }
}
