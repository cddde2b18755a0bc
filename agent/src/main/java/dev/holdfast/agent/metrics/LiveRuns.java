package dev.holdfast.agent.metrics;

import java.util.List;

/// Knows what is running. Thread-safe.
public interface LiveRuns {
  /// Those that have not ended, in any order.
  List<LiveRun> liveRuns();
}
