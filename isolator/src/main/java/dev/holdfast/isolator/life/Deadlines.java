package dev.holdfast.isolator.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Times at which something is to be done, by the monotonic clock. Of one thread.
final class Deadlines {
  private record Deadline(long atNanos, Runnable action) {}

  /// A century: nanoseconds of more than two would not fit.
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private final List<Deadline> pending = new ArrayList<>();

  void in(Duration delay, Runnable action) {
    Duration shorter = delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    pending.add(new Deadline(System.nanoTime() + shorter.toNanos(), action));
  }

  /// How long until the next; empty when there is none.
  Optional<Duration> untilNext() {
    Optional<Duration> shortest = Optional.empty();
    long now = System.nanoTime();
    for (Deadline deadline : pending) {
      Duration left = Duration.ofNanos(Math.max(0, deadline.atNanos - now));
      if (shortest.isEmpty() || left.compareTo(shortest.get()) < 0) {
        shortest = Optional.of(left);
      }
    }
    return shortest;
  }

  /// Runs those whose time has come.
  void runDue() {
    long now = System.nanoTime();
    List<Deadline> due = new ArrayList<>();
    for (Deadline deadline : pending) {
      if (deadline.atNanos - now <= 0) {
        due.add(deadline);
      }
    }
    pending.removeAll(due);
    due.forEach(deadline -> deadline.action.run());
  }
}
