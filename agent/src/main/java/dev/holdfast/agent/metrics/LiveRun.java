package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import java.util.Map;

/// A run that has not ended, as far as measuring it goes.
///
/// @param user whom it runs as
/// @param limits as asked for
public record LiveRun(
    RunId id,
    ExecutorId executor,
    String user,
    Run run,
    Limits limits,
    Map<String, String> labels) {
  public LiveRun {
    labels = Map.copyOf(labels);
  }
}
