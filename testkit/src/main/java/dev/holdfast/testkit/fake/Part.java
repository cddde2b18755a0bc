package dev.holdfast.testkit.fake;

import java.util.Map;

/// What the core or one controller keeps for one cgroup, and the control files that it shows.
public interface Part {
  Map<String, Control> files();

  /// Refuses a process that would enter, by throwing [Refusal].
  default void admit() {}

  /// Refuses one cgroup more below, at whatever depth.
  default void admitDescendant() {}

  /// Told of the death of a process of the cgroup, which is still among its processes.
  default void mourn(FakeProcess process) {}

  /// Draws what follows by itself after each operation: events, the end of a wait.
  default void settle() {}

  /// Whether a SIGKILL has to wait.
  default boolean holdsSignals() {
    return false;
  }
}
