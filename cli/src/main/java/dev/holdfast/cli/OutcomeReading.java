package dev.holdfast.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// An outcome as an agent tells it, read back, so that the end of a run is told in the same words
/// whoever ran it.
record OutcomeReading(JsonObject json) {
  String verdict() {
    return text("verdict").orElse("unknown");
  }

  Optional<Integer> exitCode() {
    return number("exit_code").map(Long::intValue);
  }

  /// Empty when the agent tells of it in a way that is not known here.
  Optional<Outcome> outcome(ExecutorInfo info) {
    try {
      return Optional.of(read(info));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Outcome read(ExecutorInfo info) {
    return new Outcome(
        RunId.parse(text("run").orElse(info.id())),
        new ExecutorId(info.framework(), info.name()),
        readVerdict(),
        Optional.empty(),
        Instant.parse(text("started").orElse(info.created())),
        seconds("wall_seconds").orElse(Duration.ZERO),
        usage(part("usage")),
        number("oom_kills").orElse(0L),
        json.has("kill") ? Optional.of(kill(part("kill"))) : Optional.empty(),
        part("cleanup").text("failure"));
  }

  private Verdict readVerdict() {
    return switch (verdict()) {
      case "exited" -> new Verdict.Exited(exitCode().orElseThrow());
      case "signaled" ->
          new Verdict.Signaled(
              text("signal").flatMap(Signal::parse).orElseThrow(),
              json.has("core_dumped") && json.get("core_dumped").getAsBoolean());
      case "killed" -> new Verdict.Killed(text("by").orElseThrow());
      case "out_of_memory" ->
          new Verdict.OutOfMemory(
              Verdict.Scope.valueOf(upper("scope")),
              json.has("report") ? Optional.of(report(part("report"))) : Optional.empty());
      case "timed_out" ->
          new Verdict.TimedOut(
              Verdict.Timer.valueOf(upper("timer")), seconds("timeout_seconds").orElseThrow());
      case "launch_failed" ->
          new Verdict.LaunchFailed(exitCode().orElseThrow(), text("why").orElseThrow());
      case "lost" -> new Verdict.Lost(text("why").orElseThrow());
      default -> throw new IllegalArgumentException(verdict());
    };
  }

  private static OomReport report(OutcomeReading report) {
    Map<String, Long> statistics = new LinkedHashMap<>();
    report
        .part("memory_stat")
        .json
        .entrySet()
        .forEach(field -> statistics.put(field.getKey(), field.getValue().getAsLong()));
    List<OomReport.Holder> holders = new ArrayList<>();
    report.parts("processes").forEach(it -> holders.add(holder(it)));
    return new OomReport(
        report.bytes("limit_bytes").map(Limit::at).orElseGet(Limit::unlimited),
        report.amount("usage_bytes"),
        report.bytes("peak_bytes"),
        statistics,
        holders,
        report.seconds("processes_age_seconds"),
        report.json.has("complete") && report.json.get("complete").getAsBoolean());
  }

  private static OomReport.Holder holder(OutcomeReading it) {
    return new OomReport.Holder(
        it.number("pid").orElseThrow().intValue(),
        it.number("parent").orElse(0L).intValue(),
        it.text("command").orElse("?"),
        it.amount("resident_bytes"),
        it.amount("anon_bytes"),
        it.amount("file_bytes"),
        it.amount("shmem_bytes"),
        it.amount("swap_bytes"));
  }

  private static Usage usage(OutcomeReading usage) {
    Optional<CpuController.Throttling> throttling =
        usage
            .number("cpu_periods")
            .map(periods ->
                new CpuController.Throttling(
                    periods,
                    usage.number("cpu_throttled_periods").orElse(0L),
                    usage.seconds("cpu_throttled_seconds").orElse(Duration.ZERO)));
    return new Usage(
        Optional.empty(),
        throttling,
        usage.bytes("memory_bytes"),
        usage.bytes("memory_peak_bytes"),
        usage.bytes("memory_limit_bytes").map(Limit::at),
        Optional.empty(),
        Optional.empty());
  }

  private static KillReceipt kill(OutcomeReading kill) {
    List<KillReceipt.Victim> victims = new ArrayList<>();
    kill.parts("processes")
        .forEach(it ->
            victims.add(
                new KillReceipt.Victim(
                    it.number("pid").orElseThrow().intValue(), it.text("name").orElse("?"))));
    return new KillReceipt(
        mechanism(kill.text("mechanism").orElse("none")),
        kill.number("count").orElse(0L).intValue(),
        victims,
        kill.seconds("seconds").orElse(Duration.ZERO));
  }

  private static KillReceipt.Mechanism mechanism(String label) {
    for (KillReceipt.Mechanism it : KillReceipt.Mechanism.values()) {
      if (it.label().equals(label)) {
        return it;
      }
    }
    return KillReceipt.Mechanism.NONE;
  }

  private OutcomeReading part(String name) {
    return new OutcomeReading(json.has(name) ? json.getAsJsonObject(name) : new JsonObject());
  }

  private List<OutcomeReading> parts(String name) {
    List<OutcomeReading> parts = new ArrayList<>();
    JsonArray array = json.has(name) ? json.getAsJsonArray(name) : new JsonArray();
    for (JsonElement element : array) {
      parts.add(new OutcomeReading(element.getAsJsonObject()));
    }
    return parts;
  }

  private String upper(String name) {
    return text(name).orElseThrow().toUpperCase(Locale.ROOT);
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(json.get(name)).map(JsonElement::getAsString);
  }

  private Optional<Long> number(String name) {
    return Optional.ofNullable(json.get(name)).map(JsonElement::getAsLong);
  }

  private Optional<Bytes> bytes(String name) {
    return number(name).map(Bytes::new);
  }

  private Bytes amount(String name) {
    return bytes(name).orElse(Bytes.ZERO);
  }

  private Optional<Duration> seconds(String name) {
    return Optional.ofNullable(json.get(name))
        .map(it -> Duration.ofNanos(Math.round(it.getAsDouble() * 1e9)));
  }
}
