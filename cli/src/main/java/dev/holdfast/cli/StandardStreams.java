package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process's descriptors lead to, by `/proc`: a verb that only talks to an agent would
/// wait longer for the first foreign call than for the agent.
final class StandardStreams {
  static final int STDOUT = 1;

  private StandardStreams() {}

  static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
