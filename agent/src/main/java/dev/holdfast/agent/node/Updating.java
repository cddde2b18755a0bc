package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.UpdateResult;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes the limits of live runs, now and when what could not be done before fits.
final class Updating {
  private static final Logger log = LoggerFactory.getLogger(Updating.class);

  private final House house;
  private final Scribe scribe;

  Updating(House house, Scribe scribe) {
    this.house = house;
    this.scribe = scribe;
  }

  UpdateResult update(Entry entry, ResourceLimits change, boolean dryRun) {
    Run run = Control.live(entry);
    entry.change().lock();
    try {
      Limits before = entry.checkpoint().spec().limits();
      Limits after = changed(before, change);
      Optional<String> refusal =
          dryRun ? house.books().refusal(entry.id(), after) : house.books().give(entry.id(), after);
      if (refusal.isPresent()) {
        throw Refusals.conflict(refusal.get());
      }
      Run.LimitUpdate done = dryRun ? plan(run, after) : apply(entry, run, before, after);
      return new UpdateResult(
          dryRun, WireLimits.format(after), Changes.between(before, after, done.memoryDeferred()));
    } finally {
      entry.change().unlock();
    }
  }

  private static Limits changed(Limits before, ResourceLimits change) {
    try {
      return before.with(WireLimits.parseChange(before, change));
    } catch (IllegalArgumentException e) {
      throw Refusals.bad(e);
    }
  }

  private static Run.LimitUpdate plan(Run run, Limits limits) {
    try {
      return run.plan(limits);
    } catch (IsolatorException e) {
      throw Refusals.conflict(e.getMessage());
    }
  }

  private Run.LimitUpdate apply(Entry entry, Run run, Limits before, Limits after) {
    Run.LimitUpdate done;
    try {
      done = run.update(after);
    } catch (IsolatorException e) {
      house.books().enter(entry.id(), before);
      throw Refusals.conflict(e.getMessage());
    }
    save(entry, entry.checkpoint().withLimits(after, done.memoryDeferred()));
    tell(entry, "limits were changed", done.memoryDeferred());
    if (!entry.isLive()) {
      house.books().release(entry.id());
    }
    return done;
  }

  /// Tries again what did not fit.
  void retryDeferred(Entry entry) {
    Optional<Run> run = entry.run();
    if (run.isEmpty() || !entry.isLive() || entry.checkpoint().deferred().isEmpty()) {
      return;
    }
    entry.change().lock();
    try {
      Limits limits = entry.checkpoint().spec().limits();
      Optional<String> still = run.get().update(limits).memoryDeferred();
      if (still.isEmpty()) {
        save(entry, entry.checkpoint().withLimits(limits, still));
        tell(entry, "the memory limit that had to wait is set", still);
      } else {
        entry.checkpoint(entry.checkpoint().withLimits(limits, still));
      }
    } catch (IsolatorException e) {
      return; // it waits on
    } finally {
      entry.change().unlock();
    }
  }

  /// Sets limits again that somebody else has changed.
  void restore(Entry entry) {
    Optional<Run> run = entry.run();
    if (run.isEmpty() || !entry.isLive()) {
      return;
    }
    try {
      for (String found : run.get().restoreLimits()) {
        log.warn("{}", LogLine.of("limit drift").with("run", entry.id()).with("what", found));
        house.journal().publish("limit_drift", entry.subject(), found);
      }
    } catch (IsolatorException e) {
      log.warn("{}", LogLine.of("cannot look after limits, retrying").with("run", entry.id()), e);
    }
  }

  private void save(Entry entry, Checkpoint checkpoint) {
    entry.checkpoint(checkpoint);
    try {
      house.runtime().save(checkpoint);
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot write down limits, ignoring").with("run", entry.id()), e);
    }
    scribe.write(entry);
  }

  private void tell(Entry entry, String message, Optional<String> deferred) {
    LogLine line = LogLine.of(message).with("run", entry.id());
    deferred.ifPresent(why -> line.with("deferred", why));
    log.info("{}", line);
    JsonObject data = new JsonObject();
    deferred.ifPresent(why -> data.addProperty("deferred", why));
    house
        .journal()
        .publish(
            "updated",
            entry.subject(),
            entry.executor() + ": " + message + deferred.map(why -> "; " + why).orElse(""),
            data);
  }
}
