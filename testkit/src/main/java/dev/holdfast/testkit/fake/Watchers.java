package dev.holdfast.testkit.fake;

import dev.holdfast.cgroup.CgroupFs;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who waits for events of which file, and the one thread that their actions run on: a virtual one
/// that lives as long as there is something to deliver.
public final class Watchers {
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private Optional<Thread> postman = Optional.empty();
  private Optional<RuntimeException> failure = Optional.empty();

  /// For writes to `file`, and what the kernel announces like one.
  public CgroupFs.Watch onModification(Path file, Runnable action) {
    return add(file, false, action);
  }

  /// For the events of v1's `cgroup.event_control`.
  public CgroupFs.Watch onEvent(Path control, Runnable action) {
    return add(control, true, action);
  }

  private CgroupFs.Watch add(Path file, boolean event, Runnable action) {
    Watch watch = new Watch(file, event, action);
    watches.add(watch);
    return watch;
  }

  public void modified(Path file) {
    announce(file, false);
  }

  public void event(Path control) {
    announce(control, true);
  }

  private void announce(Path file, boolean event) {
    for (Watch watch : watches) {
      if (watch.event == event && watch.file.equals(file)) {
        watch.announce();
      }
    }
  }

  /// v1 tells those who wait for events of a cgroup that it has gone; inotify says nothing before
  /// Linux 7.
  void removed(Path directory) {
    for (Watch watch : watches) {
      if (watch.event && directory.equals(watch.file.getParent())) {
        watch.announce();
      }
    }
  }

  synchronized void deliver(Runnable action) {
    waiting.add(action);
    if (postman.isEmpty()) {
      postman = Optional.of(Thread.ofVirtual().name("fake-kernel-events").start(this::drain));
    }
  }

  private void drain() {
    Optional<Runnable> next = next();
    while (next.isPresent()) {
      try {
        next.get().run();
      } catch (RuntimeException e) {
        keep(e);
      }
      next = next();
    }
  }

  private synchronized Optional<Runnable> next() {
    Optional<Runnable> next = Optional.ofNullable(waiting.poll());
    if (next.isEmpty()) {
      postman = Optional.empty();
      notifyAll();
    }
    return next;
  }

  private synchronized void keep(RuntimeException e) {
    failure = Optional.of(e);
  }

  /// Returns when all that was announced has been delivered; at once on the delivering thread.
  /// Throws what an action threw.
  public synchronized void awaitDelivery() {
    while (postman.isPresent() && !postman.get().equals(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    if (failure.isPresent()) {
      RuntimeException thrown = failure.get();
      failure = Optional.empty();
      throw thrown;
    }
  }

  /// Events that come before the action has run count as one, as with inotify and eventfd.
  private final class Watch implements CgroupFs.Watch {
    private final Path file;
    private final boolean event;
    private final Runnable action;
    private final AtomicBoolean pending = new AtomicBoolean();
    private volatile boolean closed;

    Watch(Path file, boolean event, Runnable action) {
      this.file = file;
      this.event = event;
      this.action = action;
    }

    /// Without the lock, which is held while the action runs and may itself ask the fake kernel.
    void announce() {
      if (!closed && pending.compareAndSet(false, true)) {
        deliver(this::act);
      }
    }

    private synchronized void act() {
      pending.set(false);
      if (!closed) {
        action.run();
      }
    }

    @Override
    public synchronized void close() {
      closed = true;
      watches.remove(this);
    }
  }
}
