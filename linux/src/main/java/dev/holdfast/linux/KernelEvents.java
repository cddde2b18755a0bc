package dev.holdfast.linux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// One platform thread in `epoll_wait(2)` that runs a handler for each descriptor that has become
/// readable.
///
/// A platform thread, because a blocking foreign call pins the carrier of a virtual one. Handlers
/// run on that thread: they read their descriptor, hand the news to its owner and return at once.
/// Registrations are level-triggered. All methods are thread-safe.
public final class KernelEvents implements AutoCloseable {
  private static final long WAKE = 0;

  private final Epoll epoll = new Epoll();
  private final EventFd wake = new EventFd();
  private final Map<Long, Registration> registrations = new ConcurrentHashMap<>();
  private final AtomicLong nextNumber = new AtomicLong(WAKE + 1);
  private final Thread thread;
  private volatile boolean closed;

  /// Starts the thread, a daemon called `kernel-events`.
  public KernelEvents() {
    epoll.add(wake.fd(), WAKE);
    thread = Thread.ofPlatform().daemon().name("kernel-events").unstarted(this::loop);
    thread.start();
  }

  /// What runs when a descriptor is ready.
  public interface Handler {
    /// Reads what there is; returns whether to go on watching. What it throws ends this watch, and
    /// no other.
    boolean ready();

    /// Hears what [#ready] threw, after its watch has ended.
    default void failed(RuntimeException cause) {
      throw cause;
    }
  }

  /// Has `handler` run whenever `fd` is readable or at its end. The caller goes on owning `fd`, and
  /// closes the registration before it closes the descriptor.
  public Registration whenReadable(Fd fd, Handler handler) {
    long number = nextNumber.getAndIncrement();
    Registration registration = new Registration(number, fd, handler);
    registrations.put(number, registration);
    try {
      epoll.add(fd, number);
    } catch (LinuxException e) {
      registrations.remove(number);
      throw e;
    }
    return registration;
  }

  private void loop() {
    long[] ready = new long[64];
    while (!closed) {
      int count = epoll.await(ready);
      for (int i = 0; i < count; i++) {
        Registration registration = registrations.get(ready[i]);
        if (registration != null) {
          registration.run();
        }
      }
    }
  }

  /// Ends the thread. Registrations that are still open get no further events.
  @Override
  public void close() {
    closed = true;
    wake.raise();
    try {
      if (!Thread.currentThread().equals(thread)) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // the thread still uses the descriptors: they are left to the end of the process
    }
    wake.close();
    epoll.close();
  }

  /// A handler's tie to its descriptor.
  public final class Registration implements AutoCloseable {
    private final long number;
    private final Fd fd;
    private final Handler handler;

    Registration(long number, Fd fd, Handler handler) {
      this.number = number;
      this.fd = fd;
      this.handler = handler;
    }

    /// Never concurrently with [#close]: a handler must not read a descriptor whose number has been
    /// freed and given to another file.
    private synchronized void run() {
      if (!registrations.containsKey(number)) {
        return;
      }
      try {
        if (!handler.ready()) {
          close();
        }
      } catch (RuntimeException e) {
        close();
        tellOf(e);
      }
    }

    private void tellOf(RuntimeException cause) {
      try {
        handler.failed(cause);
      } catch (RuntimeException unheard) {
        // Nobody wants to know; the other descriptors still have their watchers.
        Thread.UncaughtExceptionHandler last = thread.getUncaughtExceptionHandler();
        if (last != null) {
          last.uncaughtException(thread, unheard);
        }
      }
    }

    /// After this returns the handler does not run any more, unless it is what called. Repeatable.
    @Override
    public synchronized void close() {
      if (registrations.remove(number) != null) {
        epoll.remove(fd);
      }
    }
  }
}
