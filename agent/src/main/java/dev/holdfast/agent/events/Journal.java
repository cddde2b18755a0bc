package dev.holdfast.agent.events;

import com.google.gson.JsonObject;
import dev.holdfast.api.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/// What happened on the node, in order: the last ten thousand events in memory, the last megabytes
/// in a file, so that an event is still there after a restart of the agent.
///
/// Thread-safe. Who listens never holds up who publishes: each listener has a thread of its own
/// that follows the memory at its pace, and one that is too slow misses what was forgotten.
public final class Journal implements AutoCloseable {
  static final int REMEMBERED = 10_000;

  /// Numbers are set aside in blocks in a place that survives the host, so that they grow even when
  /// the file is gone.
  private static final int BLOCK = 1_000;

  private final InstantSource clock;
  private final JournalFile file;
  private final LongConsumer reserve;
  private final Consumer<Event> first;
  private final Deque<EventLine> remembered = new ArrayDeque<>();

  // A lock of java.util.concurrent: whoever is told of a change does not run into the lock of
  // the one who tells.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long last;
  private long reserved;
  private boolean closed;

  /// What an event concerns.
  ///
  /// @param owner the uid of the run's owner
  public record Subject(String run, String framework, String executor, int owner) {}

  /// Reads what an earlier agent wrote.
  ///
  /// @param directory where `events.jsonl` is
  /// @param reserved the highest number that may have been used before
  /// @param reserve is told the highest number that may be used from now on
  /// @param first is told of each event by who publishes it, and must return at once
  public Journal(
      Path directory,
      InstantSource clock,
      long reserved,
      LongConsumer reserve,
      Consumer<Event> first) {
    this.clock = clock;
    this.reserve = reserve;
    this.first = first;
    file = new JournalFile(directory);
    for (EventLine line : file.read(REMEMBERED)) {
      remember(line);
      last = Math.max(last, line.id());
    }
    // Without the file, only the block tells how far it came.
    last = remembered.isEmpty() ? Math.max(last, reserved) : last;
    this.reserved = Math.max(reserved, last);
  }

  private void remember(EventLine line) {
    if (remembered.size() == REMEMBERED) {
      remembered.removeFirst();
    }
    remembered.addLast(line);
  }

  public Event publish(String type, String message) {
    return publish(type, Optional.empty(), message, Optional.empty());
  }

  public Event publish(String type, Subject subject, String message) {
    return publish(type, Optional.of(subject), message, Optional.empty());
  }

  public Event publish(String type, Subject subject, String message, JsonObject data) {
    return publish(type, Optional.of(subject), message, Optional.of(data));
  }

  private Event publish(
      String type, Optional<Subject> subject, String message, Optional<JsonObject> data) {
    lock.lock();
    try {
      return publishLocked(type, subject, message, data);
    } finally {
      lock.unlock();
    }
  }

  private Event publishLocked(
      String type, Optional<Subject> subject, String message, Optional<JsonObject> data) {
    long id = last + 1;
    if (id > reserved) {
      reserved = id + BLOCK;
      reserve.accept(reserved);
    }
    last = id;
    Event event =
        new Event(
            id,
            clock.instant().toString(),
            type,
            subject.map(Subject::run).orElse(null),
            subject.map(Subject::framework).orElse(null),
            subject.map(Subject::executor).orElse(null),
            message,
            data.orElse(null));
    EventLine line = EventLine.of(event, subject.map(Subject::owner));
    remember(line);
    file.append(line);
    first.accept(event);
    changed.signalAll();
    return event;
  }

  /// What is remembered of one run, the oldest first.
  public List<Event> of(String run) {
    lock.lock();
    try {
      return remembered.stream()
          .filter(it -> it.concerns(run))
          .map(EventLine::event)
          .flatMap(Optional::stream)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  public long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /// Has `listener` told of every event after `after` that concerns the node or an owner whom
  /// `visible` lets pass: of those that are remembered before this returns, of others on a thread
  /// of its own.
  public Listening listen(long after, Predicate<Integer> visible, Consumer<Event> listener) {
    Listening listening = new Listening(after, visible, listener);
    listening.tell(remembered(after));
    listening.thread.start();
    return listening;
  }

  /// Waits until there are events after `after`, and returns them; empty when it is over.
  private List<EventLine> await(long after, Listening listening) throws InterruptedException {
    lock.lock();
    try {
      while (last <= after && !closed && !listening.closed) {
        changed.await();
      }
      return listening.closed ? List.of() : after(after);
    } finally {
      lock.unlock();
    }
  }

  private List<EventLine> remembered(long after) {
    lock.lock();
    try {
      return after(after);
    } finally {
      lock.unlock();
    }
  }

  /// The holder of the lock alone.
  private List<EventLine> after(long after) {
    List<EventLine> found = new ArrayList<>();
    var newest = remembered.descendingIterator();
    while (newest.hasNext()) {
      EventLine line = newest.next();
      if (line.id() <= after) {
        break;
      }
      found.addFirst(line);
    }
    return found;
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What could not be written to the file, if anything.
  public Optional<IOException> failure() {
    return file.failure();
  }

  /// Ends every listening, once its listener has been told all.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      reserve.accept(last);
      file.close();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Somebody who listens.
  public final class Listening implements AutoCloseable {
    private final Predicate<Integer> visible;
    private final Consumer<Event> listener;
    private final Thread thread;
    private volatile boolean closed;

    /// Of the thread, once that has been started.
    private long seen;

    private Listening(long after, Predicate<Integer> visible, Consumer<Event> listener) {
      this.visible = visible;
      this.listener = listener;
      seen = after;
      thread = Thread.ofVirtual().name("events").unstarted(this::follow);
    }

    private void follow() {
      try {
        while (!closed) {
          List<EventLine> lines = await(seen, this);
          if (lines.isEmpty()) {
            return;
          }
          tell(lines);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void tell(List<EventLine> lines) {
      for (EventLine line : lines) {
        seen = line.id();
        OptionalInt owner = line.owner();
        if (owner.isEmpty() || visible.test(owner.getAsInt())) {
          line.event().ifPresent(listener);
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      wake();
    }
  }
}
