package dev.holdfast.isolator.life;

import java.time.Duration;
import java.time.Instant;

/// When a run began and ended, by its launcher's clocks; CLOCK_MONOTONIC is System.nanoTime's, too.
/// Thread-safe.
final class RunTimes {
  private volatile Instant started = Instant.now();
  private volatile long startedNanos = System.nanoTime();
  private volatile long endedNanos = startedNanos;

  void started(Instant at, long monotonicNanos) {
    started = at;
    startedNanos = monotonicNanos;
  }

  void ended(long monotonicNanos) {
    endedNanos = monotonicNanos;
  }

  /// As its launcher has written it down.
  void unseen(RunFiles.Ended ended) {
    started = ended.started();
    endedNanos = startedNanos + ended.took().toNanos();
  }

  Instant started() {
    return started;
  }

  Duration untilEnd() {
    return Duration.ofNanos(endedNanos - startedNanos);
  }

  Duration untilNow() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }
}
