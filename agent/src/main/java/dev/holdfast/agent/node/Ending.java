package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.json.InstantText;
import dev.holdfast.isolator.json.OutcomeJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a run ended, as far as this agent or one before it has heard.
///
/// @param outcome all that is known, as `run --verdict` writes it
/// @param verdict the word for it
/// @param kill absent for a run that another agent saw the end of
record Ending(
    Document outcome,
    Instant started,
    Instant finished,
    String verdict,
    int exitCode,
    Optional<KillReceipt> kill) {
  static Ending of(Outcome outcome, ExecutorSpec spec) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      new OutcomeJson(json).write(outcome, spec);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Ending(
        new Document(text.toString()),
        outcome.started(),
        outcome.started().plus(outcome.took()),
        outcome.verdict().word(),
        outcome.exitCode(),
        outcome.kill());
  }

  /// As a file tells it; what it does not tell is made up for.
  static Ending parse(JsonObject outcome, Instant fallback) {
    Instant started = fallback;
    Duration took = Duration.ZERO;
    String verdict = "lost";
    int exitCode = Verdict.OWN_ERROR_CODE;
    try {
      verdict = outcome.get("verdict").getAsString();
      exitCode = outcome.get("exit_code").getAsInt();
      started = InstantText.parse(outcome.get("started").getAsString());
      took = Duration.ofNanos((long) (outcome.get("wall_seconds").getAsDouble() * 1e9));
    } catch (RuntimeException incomplete) {
      // the rest stands
    }
    return new Ending(
        new Document(outcome.toString()),
        started,
        started.plus(took),
        verdict,
        exitCode,
        Optional.empty());
  }

  /// Of a run whose end nobody saw.
  static Outcome lost(Checkpoint checkpoint, String why, Instant started, Instant now) {
    return unseen(checkpoint, new Verdict.Lost(why), started, now);
  }

  /// Of a run whose end nobody saw, but of which it is known.
  static Outcome unseen(Checkpoint checkpoint, Verdict verdict, Instant started, Instant now) {
    Duration took = Duration.between(started, now);
    return new Outcome(
        checkpoint.id(),
        checkpoint.executor(),
        verdict,
        Optional.empty(),
        started,
        took.isNegative() ? Duration.ZERO : took,
        Usage.NONE,
        0,
        Optional.empty(),
        Optional.empty());
  }
}
