package dev.holdfast.api;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// How a call that only waits outlives its agent's restart: it asks again, at growing intervals,
/// until the agent has been away for too long. One thread's.
final class Reconnection {
  private static final long SHORTEST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 1000;

  private final Duration patience;
  private final BooleanSupplier hasMet;
  private long awaySinceNanos;
  private long pauseMillis;

  /// @param hasMet whether there has been an agent before
  Reconnection(Duration patience, BooleanSupplier hasMet) {
    this.patience = patience;
    this.hasMet = hasMet;
  }

  /// The agent answers.
  void met() {
    pauseMillis = 0;
  }

  /// Waits a little before the next try.
  ///
  /// @throws HoldfastException `failure` itself, when another try is of no use: the agent was never
  ///   there, has been away for too long, or said no
  void pause(HoldfastException failure) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!hasMet.getAsBoolean() || !failure.isAbsence()) {
      throw failure;
    }
    long now = System.nanoTime();
    if (pauseMillis == 0) {
      awaySinceNanos = now;
      pauseMillis = SHORTEST_MILLIS;
    } else if (now - awaySinceNanos > patience.toNanos()) {
      throw failure;
    }
    Thread.sleep(pauseMillis);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_MILLIS);
  }
}
