package dev.holdfast.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process's descriptors lead to, by `/proc`: a verb that only talks to an agent would
/// wait longer for the first foreign call than for the agent.
final class StandardStreams {
  static final int STDIN = 0;
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

  /// Whether stdin holds something to read.
  static boolean hasInput() {
    // Not System.in, whose lock a reader holds while it waits.
    try {
      return !isTerminal(STDIN) && new FileInputStream(FileDescriptor.in).available() > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
