package dev.holdfast.isolator;

import java.nio.file.Path;

/// How a run that outlives its agent is set up. Its stdin is empty.
///
/// @param stdout where executor-launcher carries what it writes; rotated to `stdout.1` …
/// @param stderr likewise
/// @param logBytes the size of a file at which the next one is begun; more than 0
/// @param logFiles how many are kept, the one being written included; at least 1
public record Detached(Path stdout, Path stderr, long logBytes, int logFiles) {
  public Detached {
    if (logBytes <= 0 || logFiles < 1) {
      throw new IllegalArgumentException("logs need a size and a number of more than 0");
    }
  }
}
