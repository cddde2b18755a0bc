package dev.holdfast.isolator;

import dev.holdfast.linux.Fd;
import java.nio.file.Path;
import java.util.Optional;

/// How a run that outlives its agent is set up.
///
/// @param stdin the launch's from then on, which closes it when the run has it, or never will;
///   absent for an empty one
/// @param stdout where executor-launcher carries what it writes; rotated to `stdout.1` …
/// @param stderr likewise
/// @param logBytes the size of a file at which the next one is begun; more than 0
/// @param logFiles how many are kept, the one being written included; at least 1
public record Detached(Optional<Fd> stdin, Path stdout, Path stderr, long logBytes, int logFiles) {
  public Detached {
    if (logBytes <= 0 || logFiles < 1) {
      throw new IllegalArgumentException("logs need a size and a number of more than 0");
    }
  }

  /// The same, that has this to read.
  public Detached withStdin(Fd input) {
    return new Detached(Optional.of(input), stdout, stderr, logBytes, logFiles);
  }

  /// Lets go of what has been given to read.
  public void closeStdin() {
    stdin.ifPresent(Fd::close);
  }
}
