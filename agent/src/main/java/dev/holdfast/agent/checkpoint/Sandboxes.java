package dev.holdfast.agent.checkpoint;

import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The working directories of runs, in the seed's places:
/// `<work-dir>/slaves/<agent>/frameworks/<framework>/executors/<executor>/runs/<uuid>`.
///
/// All directories above a sandbox are the agent's own, so that nobody can put another thing in a
/// sandbox's place; the sandbox itself is its user's alone.
public final class Sandboxes {
  private static final FileAttribute<Set<PosixFilePermission>> READABLE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path top;

  public Sandboxes(Path workDirectory, String agent) {
    top = workDirectory.resolve("slaves").resolve(agent).resolve("frameworks");
  }

  public Path path(ExecutorId executor, RunId id) {
    return runs(executor).resolve(id.toString());
  }

  private Path runs(ExecutorId executor) {
    return top.resolve(RunName.escape(executor.framework()))
        .resolve("executors")
        .resolve(RunName.escape(executor.name()))
        .resolve("runs");
  }

  /// Makes the run's sandbox; it must not exist.
  public Path create(Checkpoint run) throws IOException {
    Path sandbox = path(run.executor(), run.id());
    Credentials user = run.spec().credentials();
    try {
      Files.createDirectory(sandbox, OWNER_ALONE);
    } catch (NoSuchFileException first) {
      Trees.open(runs(run.executor()));
      Files.createDirectory(sandbox, OWNER_ALONE);
    }
    if (run.isUnlaunched()) {
      // What makes them otherwise is not there yet, and may never be.
      give(Files.createFile(sandbox.resolve("stdout"), READABLE), user);
      give(Files.createFile(sandbox.resolve("stderr"), READABLE), user);
    }
    give(sandbox, user);
    AtomicFile.link(sandbox.resolveSibling("latest"), Path.of(run.id().toString()));
    return sandbox;
  }

  private static void give(Path path, Credentials user) throws IOException {
    Files.setAttribute(path, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
  }

  /// Removes a sandbox with all that is in it. Repeatable.
  public void remove(Path sandbox) throws IOException {
    Path runs = sandbox.getParent();
    if (runs == null || !sandbox.startsWith(top)) {
      return;
    }
    Trees.deleteUntrusted(sandbox);
    Path latest = runs.resolve("latest");
    if (!Files.exists(latest)) {
      Files.deleteIfExists(latest);
    }
    Trees.prune(runs, top);
  }
}
