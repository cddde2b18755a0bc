package dev.holdfast.it.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/// Waits for what nobody announces.
public final class Waiting {
  /// For what takes milliseconds unless the machine is very busy.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Waiting() {}

  public static void until(String what, Callable<Boolean> condition) {
    within(PATIENCE, what, condition);
  }

  /// Repeats the assertion until it holds; what fails in the end is its last failure.
  public static void untilAsserted(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }

  public static void within(Duration patience, String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(patience)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
