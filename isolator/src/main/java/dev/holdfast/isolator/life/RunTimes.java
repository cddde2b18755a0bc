package dev.holdfast.isolator.life;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a run began and ended, by its launcher's clocks; CLOCK_MONOTONIC is System.nanoTime's, too.
/// Thread-safe.
final class RunTimes {
  private final Instant made = Instant.now();
  private volatile Optional<Instant> started = Optional.empty();
  private volatile long startedNanos = System.nanoTime();
  private volatile long endedNanos = startedNanos;

  void started(Instant at, long monotonicNanos) {
    started = Optional.of(at);
    startedNanos = monotonicNanos;
  }

  /// As it can be told before its launcher has said so.
  void startedAgo(Duration age) {
    started(Instant.now().minus(age), System.nanoTime() - age.toNanos());
  }

  void ended(long monotonicNanos) {
    endedNanos = monotonicNanos;
  }

  /// As its launcher has written it down.
  void unseen(RunFiles.Ended ended) {
    started = Optional.of(ended.started());
    endedNanos = startedNanos + ended.took().toNanos();
  }

  /// Absent until its program runs.
  Optional<Instant> started() {
    return started;
  }

  /// For a run whose program never ran, too.
  Instant begun() {
    return started.orElse(made);
  }

  Duration untilEnd() {
    return Duration.ofNanos(endedNanos - startedNanos);
  }

  Duration untilNow() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }
}
