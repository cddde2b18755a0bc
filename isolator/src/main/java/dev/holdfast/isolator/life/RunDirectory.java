package dev.holdfast.isolator.life;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.linux.Directories;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A run's directory in the runtime directory: what its launcher writes for whoever comes after us.
///
/// ```
/// <runtime-dir>/cgroups.lock
/// <runtime-dir>/runs/<uuid>/pids      launcher and leader: pid and start time
///                           status    wait status, end, resource usage
///                           control   the door of a detached run's launcher
///                           …         what an agent keeps of a detached run
/// ```
public record RunDirectory(Path path) {
  /// flock(2) needs only a readable descriptor: others could hold up every run.
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private static final int PUBLIC = 0755;
  private static final int PRIVATE = 0700;

  /// Makes the directory of a new run, and those above it.
  ///
  /// @throws IsolatorException when it cannot be made, as on a full or read-only file system
  static RunDirectory create(Path runtimeDirectory, RunId run) {
    Path runs = runtimeDirectory.resolve("runs");
    Path path = runs.resolve(run.toString());
    try {
      Directories.make(path, PRIVATE);
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT)) {
        throw refused(path, e);
      }
      ensure(runtimeDirectory);
      ensure(runs);
      makeOrExplain(path);
    }
    return new RunDirectory(path);
  }

  /// The directory of a run that an agent keeps, who may have put something there already.
  public static RunDirectory ensure(Path runtimeDirectory, RunId run) {
    RunDirectory directory = of(runtimeDirectory, run);
    return Files.isDirectory(directory.path) ? directory : create(runtimeDirectory, run);
  }

  /// Whether it is there or not.
  static RunDirectory of(Path runtimeDirectory, RunId run) {
    return new RunDirectory(runtimeDirectory.resolve("runs").resolve(run.toString()));
  }

  /// In the runtime directory in which the [#lockFile] is.
  static RunDirectory besides(Path lockFile, RunId run) {
    return new RunDirectory(lockFile.resolveSibling("runs").resolve(run.toString()));
  }

  /// Whether the run was launched detached.
  boolean hasDoor() {
    return Files.exists(path.resolve(LauncherProcess.DOOR));
  }

  private static void makeOrExplain(Path path) {
    try {
      Directories.make(path, PRIVATE);
    } catch (LinuxException e) {
      throw refused(path, e);
    }
  }

  private static IsolatorException refused(Path path, LinuxException cause) {
    return new IsolatorException(
        "cannot make the run's directory " + path + ": " + cause.errno().explanation(), cause);
  }

  /// The file whose lock says who uses the cgroups' root.
  ///
  /// @throws IsolatorException when it cannot be made
  public static Path lockFile(Path runtimeDirectory) {
    ensure(runtimeDirectory);
    Path file = runtimeDirectory.resolve("cgroups.lock");
    try {
      if (!Files.exists(file)) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
      }
      return file;
    } catch (java.nio.file.FileAlreadyExistsException madeMeanwhile) {
      return file;
    } catch (IOException e) {
      throw new IsolatorException("cannot make the lock file " + file + ": " + reason(e), e);
    }
  }

  private static void ensure(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    try {
      Directories.make(directory, PUBLIC);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw new IsolatorException(
            "cannot make the runtime directory " + directory + ": " + e.errno().explanation(), e);
      }
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException failure && failure.getReason() != null
        ? failure.getReason()
        : e.toString();
  }

  /// Removes it with all that is in it. Repeatable.
  void delete() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(path);
    } catch (java.nio.file.NoSuchFileException gone) {
      return;
    } catch (IOException e) {
      throw new IsolatorException(
          "cannot remove the run's directory " + path + ": " + reason(e), e);
    }
  }
}
