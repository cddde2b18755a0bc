package dev.holdfast.agent.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Turns at the processors for requests that only look: as many at once as there are processors.
/// More would be answered no sooner, and all of them together would keep the thread that reads
/// requests, and answers `/healthz`, from its own turn.
final class Turns {
  /// A look that hangs in the kernel must not hold up the others for ever.
  private static final long PATIENCE_MILLIS = 1000;

  private final Semaphore free;

  Turns(int processors) {
    free = new Semaphore(processors, true);
  }

  /// Waits for a turn, but not for ever.
  Turn take() throws InterruptedException {
    return new Turn(free.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
  }

  /// One request's. For one thread.
  final class Turn {
    private boolean taken;

    private Turn(boolean taken) {
      this.taken = taken;
    }

    /// Leaves it to the next. Repeatable.
    void end() {
      if (taken) {
        taken = false;
        free.release();
      }
    }
  }
}
