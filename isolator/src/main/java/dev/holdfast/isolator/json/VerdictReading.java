package dev.holdfast.isolator.json;

import com.google.gson.JsonObject;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads a verdict with its evidence, from an outcome or a checkpoint. Where checkpoints had names
/// of their own, until 0.1, both are read.
final class VerdictReading {
  private final JsonReading json;

  VerdictReading(JsonObject json) {
    this.json = new JsonReading(json);
  }

  /// @throws RuntimeException when it is none, or one that is not known here
  Verdict verdict() {
    String word = json.text("verdict").orElseThrow();
    return switch (word) {
      case "exited" -> new Verdict.Exited(code());
      case "signaled" ->
          new Verdict.Signaled(
              json.text("signal").flatMap(Signal::parse).orElseThrow(), json.flag("core_dumped"));
      case "killed" -> new Verdict.Killed(json.text("by").orElseThrow());
      case "out_of_memory" ->
          new Verdict.OutOfMemory(
              Verdict.Scope.valueOf(upper("scope")),
              json.has("report") ? Optional.of(report(json.part("report"))) : Optional.empty());
      case "timed_out" -> new Verdict.TimedOut(Verdict.Timer.valueOf(upper("timer")), limit());
      case "launch_failed" -> new Verdict.LaunchFailed(code(), json.text("why").orElseThrow());
      case "lost" -> new Verdict.Lost(json.text("why").orElseThrow());
      default -> throw new IllegalArgumentException(word);
    };
  }

  private int code() {
    return Math.toIntExact(json.number("exit_code").or(() -> json.number("code")).orElseThrow());
  }

  private Duration limit() {
    return json.seconds("timeout_seconds").or(() -> json.nanos("limit_nanos")).orElseThrow();
  }

  private String upper(String name) {
    return json.text(name).orElseThrow().toUpperCase(Locale.ROOT);
  }

  private static OomReport report(JsonReading report) {
    Map<String, Long> statistics =
        report.part(report.has("memory_stat") ? "memory_stat" : "statistics").numbers();
    return new OomReport(
        report.bytes("limit_bytes").<Limit<Bytes>>map(Limit::at).orElseGet(Limit::unlimited),
        report.bytes("usage_bytes"),
        report.bytes("peak_bytes"),
        statistics,
        report.parts("processes").stream().map(VerdictReading::holder).toList(),
        report.seconds("processes_age_seconds").or(() -> report.nanos("age_nanos")),
        report.flag("complete"));
  }

  private static OomReport.Holder holder(JsonReading it) {
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
}
