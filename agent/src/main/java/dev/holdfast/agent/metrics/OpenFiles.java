package dev.holdfast.agent.metrics;

import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.LinuxException;
import java.nio.file.Path;

/// How many runs may have their control files kept open: sampling takes half of the descriptors
/// that the process may have, and leaves the others to clients and launches.
final class OpenFiles {
  private static final int PER_RUN = 6;
  private static final int PER_RUN_THAT_SPARES_NONE = 16;

  /// The kernel's own memory for them, some 16 MiB, would surprise nobody.
  private static final int MOST_THAT_SPARE_NONE = 256;

  private static final String LINE = "Max open files";
  private static final long USUAL = 1024;

  private OpenFiles() {}

  static int runs() {
    try {
      return runs(ControlFile.read(Path.of("/proc/self/limits")));
    } catch (LinuxException unreadable) {
      return (int) (USUAL / 2 / PER_RUN);
    }
  }

  /// Whether so many runs have to spare descriptors where `most` may be open at all.
  static boolean areScarce(int runs, int most) {
    int room = (int) ((long) most * PER_RUN / PER_RUN_THAT_SPARES_NONE);
    return runs > Math.min(room, MOST_THAT_SPARE_NONE);
  }

  /// @param limits the text of `/proc/PID/limits`
  static int runs(String limits) {
    long soft = USUAL;
    for (String line : limits.lines().toList()) {
      if (line.startsWith(LINE)) {
        String word = line.substring(LINE.length()).strip().split("\\s+", 2)[0];
        soft = word.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(word);
      }
    }
    return (int) Math.min(soft / 2 / PER_RUN, Integer.MAX_VALUE);
  }
}
