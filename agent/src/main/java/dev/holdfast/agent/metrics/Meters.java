package dev.holdfast.agent.metrics;

import java.time.Duration;

/// Counts what the agent does. Thread-safe.
public interface Meters {
  /// Counts nothing.
  Meters NONE = new Meters() {};

  /// @param ok whether the program came to run
  default void launched(boolean ok, Duration took) {}

  /// @param type as in [dev.holdfast.api.Event]
  default void event(String type) {}

  /// @param runs those found, live or ended meanwhile
  default void recovered(int runs, Duration took) {}

  default void orphansDestroyed(int count) {}

  /// What the node may give, and has given; bytes of memory.
  default void resources(double cpus, long memory, double cpusUsed, long memoryUsed) {}
}
