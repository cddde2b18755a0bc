package dev.holdfast.agent.checkpoint;

import dev.holdfast.isolator.RunId;
import java.nio.file.Path;
import java.util.Optional;

/// Directories that are named after runs.
final class Names {
  private Names() {}

  static Optional<RunId> run(Path directory) {
    try {
      return Optional.of(RunId.parse(directory.getFileName().toString()));
    } catch (IllegalArgumentException another) {
      return Optional.empty();
    }
  }
}
