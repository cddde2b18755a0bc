package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What processes take.
public final class Memory {
  private Memory() {}

  /// MB of RAM, with what is shared.
  public static double resident(long pid) throws IOException {
    return kilobytes(Path.of("/proc/" + pid + "/status"), "VmRSS:") / 1e3;
  }

  /// KB of RAM, what is shared divided among those that share it.
  public static double proportional(long pid) throws IOException {
    return kilobytes(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss:");
  }

  private static double kilobytes(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return 1.024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException(file + " has no " + name);
  }
}
