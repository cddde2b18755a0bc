package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.events.Journal;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One run as the node keeps it, alive or ended. Thread-safe.
final class Entry {
  private static final Optional<Ending> NOT_YET = Optional.empty();

  private final RunId id;
  private final ExecutorId executor;
  private final Checkpoint.Owner owner;
  private final Instant created;
  private final AtomicReference<Optional<Ending>> ending = new AtomicReference<>(NOT_YET);
  private final CompletableFuture<Ending> told = new CompletableFuture<>();
  private final ReentrantLock change = new ReentrantLock();
  private volatile Supplier<Checkpoint> checkpoint;
  private volatile Optional<Run> run = Optional.empty();
  private volatile boolean outOfMemoryTold;
  private final ReentrantLock announcing = new ReentrantLock();
  private boolean announced;

  Entry(Checkpoint checkpoint) {
    this.checkpoint = () -> checkpoint;
    id = checkpoint.id();
    executor = checkpoint.executor();
    owner = checkpoint.owner();
    created = checkpoint.created();
  }

  RunId id() {
    return id;
  }

  ExecutorId executor() {
    return executor;
  }

  /// When it was asked for.
  Instant created() {
    return created;
  }

  /// Of a run that has been [packed][#pack] it is read anew each time.
  Checkpoint checkpoint() {
    return checkpoint.get();
  }

  /// Held by whoever changes the checkpoint and what follows from it.
  ReentrantLock change() {
    return change;
  }

  /// The holder of [#change] alone.
  void checkpoint(Checkpoint value) {
    checkpoint = () -> value;
  }

  /// Makes little of one that has ended and is written down. The holder of [#change] alone.
  void pack() {
    Document text = new Document(checkpoint().format());
    text.pack();
    checkpoint = () -> Checkpoint.parse(text.text()).orElseThrow();
    ending().map(Ending::outcome).ifPresent(Document::pack);
    run = Optional.empty();
  }

  /// Absent while it is being launched, for one that ended before this agent, and for one that has
  /// been [packed][#pack].
  Optional<Run> run() {
    return run;
  }

  void attach(Run value) {
    run = Optional.of(value);
  }

  /// When its program was started, or else when that was asked for.
  Instant started() {
    return ending().map(Ending::started).or(() -> run.flatMap(Run::started)).orElse(created);
  }

  boolean isLive() {
    return ending.get().isEmpty();
  }

  Optional<Ending> ending() {
    return ending.get();
  }

  CompletableFuture<Ending> whenEnded() {
    return told.copy();
  }

  /// Returns whether this is the first word of it.
  boolean end(Ending value) {
    return ending.compareAndSet(NOT_YET, Optional.of(value));
  }

  /// Tells whoever waits that it has ended.
  void tellEnd() {
    told.complete(ending().orElseThrow());
  }

  /// Has the launch told once; returns when that is done, whoever does it.
  void announce(Runnable teller) {
    announcing.lock();
    try {
      if (!announced) {
        announced = true;
        teller.run();
      }
    } finally {
      announcing.unlock();
    }
  }

  boolean outOfMemoryTold() {
    return outOfMemoryTold;
  }

  void tellOutOfMemory() {
    outOfMemoryTold = true;
  }

  boolean isVisibleTo(Caller caller) {
    return caller.role() != Caller.Role.USER || caller.uid() == owner.uid();
  }

  Journal.Subject subject() {
    return new Journal.Subject(id.toString(), executor.framework(), executor.name(), owner.uid());
  }

  /// The word for where it stands.
  String state() {
    if (!isLive()) {
      return "finished";
    }
    return run.map(Entry::state).orElse("preparing");
  }

  private static String state(Run run) {
    return switch (run.phase()) {
      case FETCHING -> "fetching";
      case PREPARING -> "preparing";
      case RUNNING -> run.isPaused() ? "paused" : "running";
      case STOPPING -> "stopping";
      case KILLING, REAPING, ENDED -> "killing";
    };
  }
}
