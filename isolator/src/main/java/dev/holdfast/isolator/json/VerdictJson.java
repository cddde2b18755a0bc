package dev.holdfast.isolator.json;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A verdict with its evidence as JSON, the same in outcomes and in checkpoints. Amounts of memory
/// are bytes, times are seconds; what is not known is not there.
public final class VerdictJson {
  private final JsonWriter json;

  VerdictJson(JsonWriter json) {
    this.json = json;
  }

  /// An object of its own.
  public static JsonObject format(Verdict verdict) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      json.name("verdict").value(verdict.word());
      switch (verdict) {
        case Verdict.Exited(int code) -> json.name("exit_code").value(code);
        case Verdict.LaunchFailed(int code, _) -> json.name("exit_code").value(code);
        case Verdict.Signaled _,
            Verdict.Killed _,
            Verdict.OutOfMemory _,
            Verdict.TimedOut _,
            Verdict.Lost _ -> {
          // the outcome's exit code depends on more than the verdict
        }
      }
      new VerdictJson(json).writeEvidence(verdict);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JsonParser.parseString(text.toString()).getAsJsonObject();
  }

  /// From such an object; empty when it is none, or one that is not known here.
  public static Optional<Verdict> parse(JsonObject json) {
    try {
      return Optional.of(new VerdictReading(json).verdict());
    } catch (RuntimeException unknown) {
      return Optional.empty();
    }
  }

  void writeEvidence(Verdict verdict) throws IOException {
    switch (verdict) {
      case Verdict.Exited _ -> {}
      case Verdict.Signaled(var signal, boolean core) -> {
        json.name("signal").value(signal.name());
        json.name("core_dumped").value(core);
      }
      case Verdict.Killed(var by) -> json.name("by").value(by);
      case Verdict.OutOfMemory(var scope, var report) -> {
        json.name("scope").value(scope.name().toLowerCase(Locale.ROOT));
        if (report.isPresent()) {
          writeReport(report.get());
        }
      }
      case Verdict.TimedOut(var timer, var limit) -> {
        json.name("timer").value(timer.name().toLowerCase(Locale.ROOT));
        seconds("timeout_seconds", limit);
      }
      case Verdict.LaunchFailed(_, var why) -> json.name("why").value(why);
      case Verdict.Lost(var why) -> json.name("why").value(why);
    }
  }

  private void writeReport(OomReport report) throws IOException {
    json.name("report").beginObject();
    bytes("limit_bytes", report.limit().value());
    bytes("usage_bytes", report.usage());
    bytes("peak_bytes", report.peak());
    json.name("complete").value(report.complete());
    if (report.age().isPresent()) {
      seconds("processes_age_seconds", report.age().get());
    }
    json.name("processes").beginArray();
    for (OomReport.Holder holder : report.processes()) {
      json.beginObject();
      json.name("pid").value(holder.pid());
      json.name("parent").value(holder.parent());
      json.name("command").value(holder.command());
      bytes("resident_bytes", holder.resident());
      bytes("anon_bytes", holder.anon());
      bytes("file_bytes", holder.file());
      bytes("shmem_bytes", holder.shmem());
      bytes("swap_bytes", holder.swap());
      json.endObject();
    }
    json.endArray();
    json.name("memory_stat").beginObject();
    for (Map.Entry<String, Long> field : report.statistics().entrySet()) {
      json.name(field.getKey()).value(field.getValue());
    }
    json.endObject();
    json.endObject();
  }

  private void bytes(String name, Optional<Bytes> amount) throws IOException {
    if (amount.isPresent()) {
      bytes(name, amount.get());
    }
  }

  private void bytes(String name, Bytes amount) throws IOException {
    json.name(name).value(amount.count());
  }

  private void seconds(String name, Duration duration) throws IOException {
    json.name(name).value(duration.toNanos() / 1e9);
  }
}
