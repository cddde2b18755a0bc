package dev.holdfast.isolator.life;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks once a second for cgroups that workloads have made inside their runs: the kernel does not
/// announce them. Thread-safe.
///
/// One thread for all runs: a timer in each would wake a thread of each every second, which costs
/// more than looking. It is there while there is a run to look at.
public final class NestedCgroups implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Set<MemoryWatch> watched = ConcurrentHashMap.newKeySet();
  private Optional<Thread> thread = Optional.empty();

  /// Looks after the run until its watch is closed.
  synchronized void lookAfter(MemoryWatch watch) {
    if (!watch.hasKillerSwitch()) {
      return;
    }
    watched.add(watch);
    if (thread.isEmpty()) {
      thread = Optional.of(Thread.ofPlatform().daemon().name("nested-cgroups").start(this::live));
    }
  }

  private void live() {
    try {
      do {
        Thread.sleep(INTERVAL);
        watched.removeIf(watch -> !watch.leaveNestedToKernel());
      } while (!isOver());
    } catch (InterruptedException closed) {
      return;
    }
  }

  private synchronized boolean isOver() {
    if (watched.isEmpty()) {
      thread = Optional.empty();
    }
    return watched.isEmpty();
  }

  @Override
  public synchronized void close() {
    thread.ifPresent(Thread::interrupt);
  }
}
