package dev.holdfast.agent.checkpoint;

import java.util.Optional;

/// Reads the copies of one run's checkpoint. They mostly say the same, and to parse one is a good
/// part of what it takes to recover a run. Not thread-safe.
public final class Copies {
  private String text = "";
  private Optional<Checkpoint> checkpoint = Optional.empty();

  /// Empty when it is torn.
  Optional<Checkpoint> parse(String copy) {
    if (!copy.equals(text)) {
      text = copy;
      checkpoint = Checkpoint.parse(copy);
    }
    return checkpoint;
  }
}
