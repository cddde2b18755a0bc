package dev.holdfast.agent.checkpoint;

import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What must survive the agent but not the host, beside what the isolator keeps there. Nothing
/// waits for a disk.
///
/// ```
/// <runtime-dir>/boot_id
/// <runtime-dir>/runs/<uuid>/checkpoint.json    ours: as it is now
///                           launched.json      as it was at first, should the other be torn
///                           pids, status       the launcher's
/// ```
///
/// Thread-safe as long as each run is written by one thread at a time.
public final class RuntimeStore {
  private static final String CHECKPOINT = "checkpoint.json";
  private static final String LAUNCHED = "launched.json";
  private static final FileAttribute<?> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;

  public RuntimeStore(Path directory) {
    this.directory = directory;
  }

  /// Makes the run's directory, before the run itself is made.
  public void create(Checkpoint checkpoint) throws IOException {
    Path path = directory(checkpoint.id());
    try {
      make(path);
    } catch (NoSuchFileException first) {
      Files.createDirectories(path.getParent());
      make(path);
    }
    String text = checkpoint.format();
    AtomicFile.write(path.resolve(LAUNCHED), text);
    AtomicFile.write(path.resolve(CHECKPOINT), text);
  }

  private static void make(Path path) throws IOException {
    try {
      Files.createDirectory(path, OWNER_ALONE);
    } catch (FileAlreadyExistsException wasThere) {
      // made before the agent was killed, or by the isolator
    }
  }

  public void save(Checkpoint checkpoint) throws IOException {
    AtomicFile.write(directory(checkpoint.id()).resolve(CHECKPOINT), checkpoint.format());
  }

  /// What is in there of one run.
  ///
  /// @param present whether the run has a directory
  /// @param ours whether it is a run of an agent; others are of embedded runs
  /// @param checkpoint absent when it was never written to its end
  /// @param launched what it was at first
  public record Found(
      boolean present,
      boolean ours,
      Optional<Checkpoint> checkpoint,
      Optional<Checkpoint> launched) {
    public static final Found NOTHING = new Found(false, false, Optional.empty(), Optional.empty());

    /// There is something, but the system refuses to read it.
    public static final Found UNREADABLE =
        new Found(true, true, Optional.empty(), Optional.empty());
  }

  public Found read(RunId id, Copies copies) throws IOException {
    Path path = directory(id);
    if (!Files.isDirectory(path)) {
      return Found.NOTHING;
    }
    Optional<Checkpoint> checkpoint = read(path.resolve(CHECKPOINT), copies);
    // Read only where it is needed: most are not torn.
    Optional<Checkpoint> launched =
        checkpoint.isPresent() ? checkpoint : read(path.resolve(LAUNCHED), copies);
    boolean ours = launched.isPresent() || Files.exists(path.resolve(CHECKPOINT));
    return new Found(true, ours, checkpoint, launched);
  }

  private static Optional<Checkpoint> read(Path file, Copies copies) throws IOException {
    return AtomicFile.read(file).flatMap(copies::parse);
  }

  /// Every run that has a directory.
  public List<RunId> runs() throws IOException {
    List<RunId> runs = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.resolve("runs"))) {
      for (Path entry : entries) {
        Names.run(entry).ifPresent(runs::add);
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return runs;
    }
    return runs;
  }

  /// Removes all of a run. Repeatable.
  public void remove(RunId id) throws IOException {
    Trees.delete(directory(id));
  }

  public Optional<String> bootId() throws IOException {
    return AtomicFile.read(directory.resolve("boot_id")).map(String::strip);
  }

  public void saveBootId(String bootId) throws IOException {
    Files.createDirectories(directory);
    AtomicFile.write(directory.resolve("boot_id"), bootId + "\n");
  }

  private Path directory(RunId id) {
    return directory.resolve("runs").resolve(id.toString());
  }
}
