package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.Run;
import java.time.Instant;
import java.util.Optional;

/// When a run began, from its leader.
final class LeaderStart {
  private LeaderStart() {}

  /// Absent when the leader has not begun, or has ended.
  static Optional<Instant> of(Run run) {
    return run.phase() == Run.Phase.RUNNING && run.leader() > 0
        ? ProcessHandle.of(run.leader()).flatMap(it -> it.info().startInstant())
        : Optional.empty();
  }
}
