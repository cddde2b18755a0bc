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
import java.util.concurrent.locks.ReentrantLock;

/// One run as the node keeps it, alive or ended. Thread-safe.
final class Entry {
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private final ReentrantLock change = new ReentrantLock();
  private volatile Checkpoint checkpoint;
  private volatile Optional<Run> run = Optional.empty();
  private volatile boolean outOfMemoryTold;
  private boolean announced;

  Entry(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  RunId id() {
    return checkpoint.id();
  }

  ExecutorId executor() {
    return checkpoint.executor();
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /// Held by whoever changes the checkpoint and what follows from it.
  ReentrantLock change() {
    return change;
  }

  /// The holder of [#change] alone.
  void checkpoint(Checkpoint value) {
    checkpoint = value;
  }

  /// Absent while it is being launched, and for one that ended before this agent.
  Optional<Run> run() {
    return run;
  }

  void attach(Run value) {
    run = Optional.of(value);
  }

  /// When its program was started, or else when that was asked for.
  Instant started() {
    return run.flatMap(Run::started).orElseGet(checkpoint::created);
  }

  boolean isLive() {
    return !ending.isDone();
  }

  Optional<Ending> ending() {
    return Optional.ofNullable(ending.getNow(null));
  }

  CompletableFuture<Ending> whenEnded() {
    return ending.copy();
  }

  /// Returns whether this is the first word of it.
  boolean end(Ending value) {
    return ending.complete(value);
  }

  /// Has the launch told once; returns when that is done, whoever does it.
  synchronized void announce(Runnable teller) {
    if (!announced) {
      announced = true;
      teller.run();
    }
  }

  boolean outOfMemoryTold() {
    return outOfMemoryTold;
  }

  void tellOutOfMemory() {
    outOfMemoryTold = true;
  }

  boolean isVisibleTo(Caller caller) {
    return caller.role() != Caller.Role.USER || caller.uid() == checkpoint.owner().uid();
  }

  Journal.Subject subject() {
    return new Journal.Subject(
        id().toString(), executor().framework(), executor().name(), checkpoint.owner().uid());
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
