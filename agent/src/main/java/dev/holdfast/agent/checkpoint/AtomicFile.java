package dev.holdfast.agent.checkpoint;

import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Small files that are there as a whole or not at all, whenever the writer or the host dies: a new
/// one is written beside the old one and takes its name. What a reader finds empty was never
/// written to the end, and counts as not there.
public final class AtomicFile {
  /// A file of the agent's own: of others' runs and their environments nobody else should read.
  public static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private static final AtomicLong COUNT = new AtomicLong(System.nanoTime());

  private AtomicFile() {}

  /// Survives the death of this process.
  public static void write(Path file, String text) throws IOException {
    write(file, text, false);
  }

  /// Survives the death of the host, too; takes a wait for the disk.
  public static void writeDurably(Path file, String text) throws IOException {
    write(file, text, true);
  }

  private static void write(Path file, String text, boolean durable) throws IOException {
    Path fresh = beside(file);
    try {
      try (FileChannel channel = FileChannel.open(fresh, NEW, OWNER_ALONE)) {
        ByteBuffer bytes = ByteBuffer.wrap(ByteText.encode(text));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        if (durable) {
          channel.force(true);
        }
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      discard(fresh, e);
      throw e;
    }
    if (durable) {
      syncDirectory(file.resolveSibling("."));
    }
  }

  /// Has `link` point to `target`, whatever it was before.
  static void link(Path link, Path target) throws IOException {
    Path fresh = beside(link);
    Files.createSymbolicLink(fresh, target);
    try {
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      discard(fresh, e);
      throw e;
    }
  }

  /// The whole text; absent when there is no such file, or an empty one.
  public static Optional<String> read(Path file) throws IOException {
    try {
      // By hand: a recovery reads thousands, and a channel for each takes twice as long.
      String text = ByteText.decode(ControlFile.readBytes(file, Integer.MAX_VALUE));
      return text.isBlank() ? Optional.empty() : Optional.of(text);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + COUNT.incrementAndGet());
  }

  private static void discard(Path fresh, IOException cause) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
