package dev.holdfast.agent.node;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.api.Event;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Puts what is known of a run into sentences with numbers. Pure.
///
/// @param usage a reading of now; absent when it has ended
/// @param fetching what is on its way for it
record Explaining(
    Checkpoint checkpoint,
    String state,
    Instant started,
    Instant now,
    Optional<Usage> usage,
    Optional<Run.FetchProgress> fetching) {

  String summary(Optional<JsonObject> outcome) {
    if (outcome.isPresent()) {
      return checkpoint.executor() + " " + ending(outcome.get());
    }
    String since = seconds(Duration.between(started, now));
    return switch (state) {
      case "fetching" ->
          checkpoint.executor() + " waits for its files" + fetching.map(Explaining::of).orElse("");
      case "preparing" -> checkpoint.executor() + " is being launched";
      case "paused" -> checkpoint.executor() + " is paused: none of its processes gets any CPU";
      case "stopping" ->
          checkpoint.executor() + " was asked to end and is given time until it is killed";
      case "killing" -> checkpoint.executor() + " is being killed" + decided();
      default -> checkpoint.executor() + " has been running for " + since;
    };
  }

  private static String of(Run.FetchProgress fetching) {
    return ": "
        + new Bytes(fetching.bytes())
        + (fetching.total().isPresent() ? " of " + new Bytes(fetching.total().getAsLong()) : "")
        + (fetching.extracting() ? " extracted from " : " of ")
        + fetching.uri();
  }

  private String decided() {
    return checkpoint.decided().map(verdict -> ": " + verdict.word()).orElse("");
  }

  private String ending(JsonObject outcome) {
    String code = text(outcome, "exit_code").orElse("?");
    return switch (text(outcome, "verdict").orElse("")) {
      case "exited" -> "ended by itself with exit code " + code;
      case "signaled" -> "was ended by " + text(outcome, "signal").orElse("a signal");
      case "killed" -> "was killed by " + text(outcome, "by").orElse("somebody");
      case "out_of_memory" -> "ran out of memory" + scope(outcome);
      case "timed_out" ->
          "used up its "
              + (text(outcome, "timer").orElse("").equals("cpu") ? "CPU time" : "time")
              + text(outcome, "timeout_seconds").map(it -> " of " + it + " s").orElse("");
      case "launch_failed" -> "could not be launched: " + text(outcome, "why").orElse("");
      default -> "is lost: " + text(outcome, "why").orElse("nobody can tell how it ended");
    };
  }

  private static String scope(JsonObject outcome) {
    return switch (text(outcome, "scope").orElse("")) {
      case "ancestor" -> ": a cgroup above it reached its limit";
      case "host" -> ": the machine had none left";
      default -> ": it reached its own limit";
    };
  }

  List<String> details(Optional<JsonObject> outcome, List<Event> events) {
    List<String> details = new ArrayList<>();
    Limits limits = checkpoint.spec().limits();
    usage.ifPresent(reading -> {
      describeCpu(limits, reading, details);
      describeMemory(limits, reading, details);
      reading
          .pids()
          .ifPresent(pids ->
              details.add(
                  "processes and threads: "
                      + pids
                      + limits.pids().map(limit -> " of " + limit).orElse(", not limited")));
    });
    checkpoint.deferred().ifPresent(why -> details.add("a limit waits: " + why));
    outcome.ifPresent(it -> describeOutcome(it, details));
    long drifts = events.stream().filter(event -> event.type().equals("limit_drift")).count();
    if (drifts > 0) {
      details.add("limits that somebody else had changed were set again " + drifts + " times");
    }
    details.add("its files are in " + checkpoint.sandbox());
    return details;
  }

  private static void describeCpu(Limits limits, Usage reading, List<String> details) {
    String asked =
        limits
            .cpus()
            .map(cpus -> cpus + " (" + limits.cpuMode().word() + ")")
            .orElse("not limited");
    details.add(
        "cpus: "
            + asked
            + reading.cpu().map(cpu -> ", used " + seconds(cpu.total()) + " so far").orElse(""));
    reading
        .throttling()
        .filter(it -> it.periods() > 0)
        .ifPresent(it -> details.add(throttling(it)));
  }

  private static String throttling(CpuController.Throttling throttling) {
    return String.format(
        Locale.ROOT,
        "throttled in %d of %d periods (%.1f %%), for %s in all: its quota was used up",
        throttling.throttledPeriods(),
        throttling.periods(),
        100.0 * throttling.throttledPeriods() / throttling.periods(),
        seconds(throttling.throttled()));
  }

  private static void describeMemory(Limits limits, Usage reading, List<String> details) {
    String limit =
        reading
            .memoryLimit()
            .map(it -> it.value().map(Bytes::toString).orElse("no limit"))
            .or(() -> limits.memory().map(Bytes::toString))
            .orElse("no limit");
    reading
        .memory()
        .ifPresent(memory ->
            details.add(
                "memory: "
                    + memory
                    + " in use of "
                    + limit
                    + reading.memoryPeak().map(peak -> ", at most " + peak).orElse("")));
  }

  private static void describeOutcome(JsonObject outcome, List<String> details) {
    text(outcome, "wall_seconds").ifPresent(it -> details.add("it ran for " + it + " s"));
    text(outcome, "oom_kills")
        .filter(count -> !count.equals("0"))
        .ifPresent(it -> details.add("processes that the OOM killer ended: " + it));
    object(outcome, "report").ifPresent(report -> describeReport(report, details));
    object(outcome, "kill")
        .flatMap(kill -> text(kill, "count"))
        .ifPresent(it -> details.add("processes that were killed with it: " + it));
    object(outcome, "cleanup")
        .flatMap(cleanup -> text(cleanup, "failure"))
        .ifPresent(it -> details.add("clean-up failed: " + it));
  }

  private static void describeReport(JsonObject report, List<String> details) {
    Optional<String> usage = text(report, "usage_bytes").flatMap(Explaining::bytes);
    Optional<String> peak =
        text(report, "peak_bytes").flatMap(Explaining::bytes).map(it -> "at most " + it);
    String limit =
        text(report, "limit_bytes").flatMap(Explaining::bytes).map(it -> " of " + it).orElse("");
    usage.or(() -> peak).ifPresent(it -> details.add("memory at its end: " + it + limit));
    if (report.has("processes") && report.get("processes").isJsonArray()) {
      for (JsonElement process :
          report.getAsJsonArray("processes").asList().stream().limit(5).toList()) {
        JsonObject holder = process.getAsJsonObject();
        text(holder, "resident_bytes")
            .flatMap(Explaining::bytes)
            .ifPresent(held ->
                details.add("held " + held + ": " + text(holder, "command").orElse("a process")));
      }
    }
  }

  private static Optional<String> bytes(String count) {
    try {
      return Optional.of(new Bytes(Long.parseLong(count)).toString());
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value != null && value.isJsonPrimitive()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }

  private static Optional<JsonObject> object(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value != null && value.isJsonObject()
        ? Optional.of(value.getAsJsonObject())
        : Optional.empty();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
