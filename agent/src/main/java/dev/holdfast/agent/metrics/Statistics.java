package dev.holdfast.agent.metrics;

import dev.holdfast.api.Stats;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import java.util.List;
import java.util.Optional;

/// What is measured on the node. Thread-safe.
public interface Statistics {
  /// The latest reading; empty for an unknown run. Runs that have ended are known for 15 minutes.
  Optional<Stats> latest(RunId id);

  /// The readings of the last 15 minutes, the oldest first; none for an unknown run.
  List<Stats> history(RunId id);

  /// For Prometheus, in its text format 0.0.4.
  String metrics();

  /// The seed's `/monitor/statistics.json`.
  String monitorStatistics();

  /// The seed's `/monitor/usage.json`.
  String monitorUsage();

  /// To be told of each run's end once: what it used goes into the counters that outlive it.
  void ended(RunId id, Outcome outcome);
}
