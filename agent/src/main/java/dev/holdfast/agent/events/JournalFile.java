package dev.holdfast.agent.events;

import dev.holdfast.agent.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    List<EventLine> latest = read(path, most);
    List<EventLine> lines = new ArrayList<>(read(old, most - latest.size()));
    lines.addAll(latest);
    return lines;
  }

  private List<EventLine> read(Path file, int most) {
    List<EventLine> backwards = new ArrayList<>();
    if (most == 0 || !Files.exists(file)) {
      return backwards;
    }
    try {
      byte[] all = Files.readAllBytes(file);
      int end = all.length;
      for (int i = all.length - 1; i >= -1 && backwards.size() < most; i--) {
        if (i < 0 || all[i] == '\n') {
          EventLine.read(all, i + 1, end).ifPresent(backwards::add);
          end = i;
        }
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    return backwards.reversed();
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
      byte[] text = event.text();
      ByteBuffer line = ByteBuffer.wrap(Arrays.copyOf(text, text.length + 1));
      line.put(text.length, (byte) '\n');
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
              path,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ),
              AtomicFile.OWNER_ALONE);
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
