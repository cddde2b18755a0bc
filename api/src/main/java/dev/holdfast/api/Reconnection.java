package dev.holdfast.api;

import java.time.Duration;

/// How a call that only waits outlives its agent's restart: it asks again, at growing intervals,
/// until the agent has been away for too long. One thread's.
final class Reconnection {
  private static final long SHORTEST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 1000;

  private final Duration patience;
  private boolean met;
  private long awaySinceNanos;
  private long pauseMillis;

  Reconnection(Duration patience) {
    this.patience = patience;
  }

  /// The agent answers.
  void met() {
    met = true;
    pauseMillis = 0;
  }

  /// There was an agent, even if it did not answer.
  void wasThere() {
    met = true;
  }

  /// Waits a little before the next try.
  ///
  /// @throws HoldfastException `failure` itself, when another try is of no use: the agent was never
  ///   there, has been away for too long, or said no
  void pause(HoldfastException failure) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!met || !failure.isAbsence()) {
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
