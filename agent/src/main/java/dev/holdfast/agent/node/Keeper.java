package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.api.Event;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Verdict;
import java.io.IOException;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears what happens to runs: tells it, and has written down what must not be lost. Thread-safe.
final class Keeper {
  private static final Logger log = LoggerFactory.getLogger(Keeper.class);

  private final House house;
  private final Scribe scribe;

  Keeper(House house, Scribe scribe) {
    this.house = house;
    this.scribe = scribe;
  }

  /// Who hears of one run.
  ///
  /// @param verb what this agent did to have it: `launched` or `recovered`
  RunObserver observer(Entry entry, String verb) {
    return new RunObserver() {
      @Override
      public void changed(Run.Phase before, Run.Phase after, String cause) {
        announce(entry, verb);
        tellChange(entry, before, after, cause);
      }

      @Override
      public void decided(Verdict verdict) {
        announce(entry, verb);
        decide(entry, verdict);
      }

      @Override
      public void ended(Outcome outcome) {
        announce(entry, verb);
        end(entry, outcome);
      }

      @Override
      public void failed(IsolatorException cause) {
        // A launch that fails throws, too; who launches knows what to do.
        if (entry.run().isPresent()) {
          lose(entry, String.valueOf(cause.getMessage()));
        }
      }
    };
  }

  /// Tells once that the run is there, before anything else is told of it.
  void announce(Entry entry, String verb) {
    entry.announce(() -> {
      log.info(
          "{}",
          LogLine.of("run " + verb).with("run", entry.id()).with("executor", entry.executor()));
      house.journal().publish(verb, entry.subject(), entry.executor() + " was " + verb);
    });
  }

  private void tellChange(Entry entry, Run.Phase before, Run.Phase after, String cause) {
    String from = before.name().toLowerCase(Locale.ROOT);
    String to = after.name().toLowerCase(Locale.ROOT);
    if (before == Run.Phase.FETCHING && after == Run.Phase.PREPARING) {
      rememberFetched(entry);
    } else if (after == Run.Phase.RUNNING && before == Run.Phase.PREPARING) {
      scribe.write(entry);
    }
    log.info(
        "{}",
        LogLine.of("run changed state")
            .with("run", entry.id())
            .with("from", from)
            .with("to", to)
            .with("cause", cause));
    JsonObject data = new JsonObject();
    data.addProperty("from", from);
    data.addProperty("to", to);
    data.addProperty("cause", cause);
    house.journal().publish("state", entry.subject(), from + " → " + to + ": " + cause, data);
  }

  /// Before anything is launched: a recovered agent would launch it once more.
  private void rememberFetched(Entry entry) {
    change(entry, Checkpoint::withFetched, "cannot write down that the run's files are there");
  }

  private void change(Entry entry, UnaryOperator<Checkpoint> how, String failure) {
    entry.change().lock();
    try {
      Checkpoint checkpoint = how.apply(entry.checkpoint());
      entry.checkpoint(checkpoint);
      house.runtime().save(checkpoint);
    } catch (IOException e) {
      log.warn("{}", failed(failure + ", ignoring", entry), e);
    } finally {
      entry.change().unlock();
    }
  }

  private void decide(Entry entry, Verdict verdict) {
    change(entry, it -> it.withDecided(verdict), "cannot write down why the run is ended");
    if (verdict instanceof Verdict.OutOfMemory outOfMemory) {
      tellOutOfMemory(entry, outOfMemory);
    }
  }

  private void tellOutOfMemory(Entry entry, Verdict.OutOfMemory verdict) {
    if (entry.outOfMemoryTold()) {
      return;
    }
    entry.tellOutOfMemory();
    JsonObject data = new JsonObject();
    data.addProperty("scope", verdict.scope().name().toLowerCase(Locale.ROOT));
    verdict
        .report()
        .ifPresent(report -> {
          report.limit().value().ifPresent(it -> data.addProperty("limit_bytes", it.count()));
          report.usage().ifPresent(it -> data.addProperty("usage_bytes", it.count()));
          report.peak().ifPresent(it -> data.addProperty("peak_bytes", it.count()));
        });
    house
        .journal()
        .publish("out_of_memory", entry.subject(), entry.executor() + " ran out of memory", data);
  }

  /// All is known: tells whoever waits, then writes it down.
  void end(Entry entry, Outcome outcome) {
    Ending ending = Ending.of(outcome, entry.checkpoint().spec());
    if (!entry.isLive()) {
      return;
    }
    if (outcome.verdict() instanceof Verdict.OutOfMemory outOfMemory) {
      tellOutOfMemory(entry, outOfMemory);
    }
    house.books().release(entry.id());
    house.statistics().ended(entry.id(), outcome);
    log.info(
        "{}",
        LogLine.of("run ended")
            .with("run", entry.id())
            .with("executor", entry.executor())
            .with("verdict", ending.verdict())
            .with("exit_code", ending.exitCode()));
    outcome
        .cleanupFailure()
        .ifPresent(failure -> log.warn("{}", failed("clean-up failed: " + failure, entry)));
    tellEnd(entry, ending);
    if (entry.end(ending)) {
      scribe.write(entry);
      entry.tellEnd();
    }
  }

  private void tellEnd(Entry entry, Ending ending) {
    JsonObject data = new JsonObject();
    data.addProperty("verdict", ending.verdict());
    data.addProperty("exit_code", ending.exitCode());
    Event _ =
        house
            .journal()
            .publish(
                "ended", entry.subject(), entry.executor() + " ended: " + ending.verdict(), data);
  }

  /// Nobody can tell how it ended.
  void lose(Entry entry, String why) {
    end(entry, Ending.lost(entry.checkpoint(), why, entry.started(), house.clock().instant()));
  }

  private static LogLine failed(String message, Entry entry) {
    return LogLine.of(message).with("run", entry.id());
  }
}
