package dev.holdfast.agent;

import dev.holdfast.agent.checkpoint.AtomicFile;
import dev.holdfast.agent.config.ConfigException;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.linux.Flock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The lock by which a directory has one agent: the file `lock` in it, in which the agent's pid and
/// its cgroups' root can be read. The lock goes with the agent, however that ends; the text stays.
final class DirectoryLock implements AutoCloseable {
  private final Flock lock;

  private DirectoryLock(Flock lock) {
    this.lock = lock;
  }

  /// @throws ConfigException when another agent has it
  static DirectoryLock take(Path directory, CgroupPath root) throws IOException {
    Path file = directory.resolve("lock");
    try {
      // flock(2) needs only a readable descriptor: others could keep every agent out.
      Files.createFile(file, AtomicFile.OWNER_ALONE);
    } catch (FileAlreadyExistsException wasThere) {
      // of an agent before
    }
    Optional<Flock> lock = Flock.exclusive(file);
    if (lock.isEmpty()) {
      throw new ConfigException(refusal(directory, Files.readString(file)));
    }
    describe(file, ProcessHandle.current().pid() + " " + root + "\n");
    return new DirectoryLock(lock.get());
  }

  /// Who has it, for a person to read.
  private static void describe(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException fullDisk) {
      return; // the lock stands without a word of whose it is, and runs wait for their agent
    }
  }

  private static String refusal(Path directory, String text) {
    String[] words = text.strip().split(" ", 2);
    String who =
        words.length == 2
            ? "another agent (pid " + words[0] + ", cgroups root " + words[1] + ")"
            : "another agent";
    return who
        + " uses "
        + directory
        + ": stop it, or give this one a --runtime-dir, --work-dir and --cgroups-root of its own";
  }

  @Override
  public void close() {
    lock.close();
  }
}
