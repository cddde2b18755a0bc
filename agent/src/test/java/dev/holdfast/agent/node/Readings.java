package dev.holdfast.agent.node;

import dev.holdfast.isolator.Usage;
import java.util.Optional;

/// Readings of runs that never were.
final class Readings {
  static final Usage NONE =
      new Usage(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private Readings() {}
}
