package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.isolator.IsolatorException;
import java.time.Duration;
import java.util.Optional;

/// Stops and resumes the processes of a run.
final class Pause {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private Pause() {}

  /// Returns when all are stopped.
  ///
  /// @throws IsolatorException when they could not be in time; then they run on
  static void pause(Optional<Cgroup> cgroup) {
    Freezer freezer =
        cgroup
            .flatMap(Cgroup::freezer)
            .orElseThrow(() -> new IsolatorException("the run cannot be paused: no freezer"));
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    try {
      do {
        freezer.freeze();
        if (freezer.isFrozen()) {
          return;
        }
        Thread.sleep(1);
      } while (System.nanoTime() < deadline);
    } catch (CgroupException.NotFound ended) {
      throw new IsolatorException("the run has ended", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    freezer.thaw();
    throw new IsolatorException("the run could not be paused within " + TIMEOUT.toSeconds() + " s");
  }

  /// Repeatable.
  static void unpause(Optional<Cgroup> cgroup) {
    try {
      cgroup.flatMap(Cgroup::freezer).ifPresent(Freezer::thaw);
    } catch (CgroupException.NotFound ended) {
      return; // nothing of it is paused
    }
  }

  static boolean isPaused(Optional<Cgroup> cgroup) {
    try {
      return cgroup.flatMap(Cgroup::freezer).map(Freezer::isFrozen).orElse(false);
    } catch (CgroupException.NotFound ended) {
      return false;
    }
  }
}
