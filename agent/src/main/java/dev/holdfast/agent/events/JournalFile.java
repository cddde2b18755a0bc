package dev.holdfast.agent.events;

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

  /// The last of what is there, the oldest first.
  List<EventLine> read(int most) {
    List<EventLine> lines = read(path, most);
    if (lines.size() < most) {
      lines.addAll(0, read(old, most - lines.size()));
    }
    return lines;
  }

  private List<EventLine> read(Path file, int most) {
    List<EventLine> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    try {
      String[] all = ByteText.decode(Files.readAllBytes(file)).split("\n", -1);
      for (int i = Math.max(0, all.length - most - 1); i < all.length; i++) {
        EventLine.read(all[i]).ifPresent(lines::add);
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    return lines;
  }

  void append(EventLine event) {
    try {
      FileChannel open = channel();
      if (open.size() >= LARGEST) {
        open.close();
        channel = Optional.empty();
        Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
        open = channel();
      }
      ByteBuffer line = ByteBuffer.wrap(ByteText.encode(event.text() + "\n"));
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
