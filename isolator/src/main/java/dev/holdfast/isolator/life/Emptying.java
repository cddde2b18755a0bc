package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Waits until nobody is in a cgroup any more, where the kernel tells of it (v2, and the cgroup2
/// tree of a hybrid host). Owned by one thread; watches from the first wait on.
final class Emptying implements AutoCloseable {
  private final Optional<Cgroup.Population> population;
  private final Semaphore told = new Semaphore(0);
  private Optional<CgroupFs.Watch> watch = Optional.empty();
  private boolean interrupted;

  Emptying(Cgroup cgroup) {
    population = cgroup.population();
  }

  /// Returns as soon as the kernel tells that something has changed, at the latest after `longest`;
  /// at once, with `false`, when there is nothing to wait for: the kernel does not tell, or nobody
  /// is in that tree. A process may have left it and stayed in another hierarchy.
  boolean await(Duration longest) {
    try {
      if (population.isEmpty()) {
        return false;
      }
      if (watch.isEmpty()) {
        watch = Optional.of(population.get().watch(told::release));
      }
      // What was told before is known now. Freezing to kill is told of, too.
      int _ = told.drainPermits();
      return population.get().isPopulated() && sleep(longest);
    } catch (CgroupException untold) {
      return false; // whoever waits looks for itself
    }
  }

  private boolean sleep(Duration longest) {
    try {
      boolean _ = told.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true; // told of at the end, lest the next wait be none
    }
    return true;
  }

  @Override
  public void close() {
    watch.ifPresent(CgroupFs.Watch::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
