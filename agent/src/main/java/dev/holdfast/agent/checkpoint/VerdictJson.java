package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.Locale;

/// A verdict in a checkpoint, from which it can be read back.
final class VerdictJson {
  private VerdictJson() {}

  static JsonObject format(Verdict verdict) {
    JsonObject json = new JsonObject();
    json.addProperty("verdict", verdict.word());
    switch (verdict) {
      case Verdict.Exited(int code) -> json.addProperty("code", code);
      case Verdict.Signaled(var signal, boolean core) -> {
        json.addProperty("signal", signal.number());
        json.addProperty("core_dumped", core);
      }
      case Verdict.Killed(var by) -> json.addProperty("by", by);
      case Verdict.OutOfMemory(var scope, var report) -> {
        json.addProperty("scope", lower(scope));
        report.ifPresent(it -> json.add("report", format(it)));
      }
      case Verdict.TimedOut(var timer, var limit) -> {
        json.addProperty("timer", lower(timer));
        json.addProperty("limit_nanos", limit.toNanos());
      }
      case Verdict.LaunchFailed(int code, var why) -> {
        json.addProperty("code", code);
        json.addProperty("why", why);
      }
      case Verdict.Lost(var why) -> json.addProperty("why", why);
    }
    return json;
  }

  static Verdict parse(Fields fields) {
    return switch (fields.text("verdict")) {
      case "exited" -> new Verdict.Exited(fields.integer("code"));
      case "signaled" ->
          new Verdict.Signaled(new Signal(fields.integer("signal")), fields.flag("core_dumped"));
      case "killed" -> new Verdict.Killed(fields.text("by"));
      case "out_of_memory" ->
          new Verdict.OutOfMemory(
              Verdict.Scope.valueOf(upper(fields.text("scope"))),
              fields.optionalObject("report").map(VerdictJson::report));
      case "timed_out" ->
          new Verdict.TimedOut(
              Verdict.Timer.valueOf(upper(fields.text("timer"))),
              Duration.ofNanos(fields.number("limit_nanos")));
      case "launch_failed" -> new Verdict.LaunchFailed(fields.integer("code"), fields.text("why"));
      case "lost" -> new Verdict.Lost(fields.text("why"));
      default -> throw new IllegalArgumentException(fields.text("verdict"));
    };
  }

  private static JsonObject format(OomReport report) {
    JsonObject json = new JsonObject();
    report.limit().value().ifPresent(limit -> json.addProperty("limit_bytes", limit.count()));
    json.addProperty("usage_bytes", report.usage().count());
    report.peak().ifPresent(peak -> json.addProperty("peak_bytes", peak.count()));
    JsonObject statistics = new JsonObject();
    report.statistics().forEach(statistics::addProperty);
    json.add("statistics", statistics);
    JsonArray processes = new JsonArray();
    report.processes().forEach(holder -> processes.add(format(holder)));
    json.add("processes", processes);
    report.age().ifPresent(age -> json.addProperty("age_nanos", age.toNanos()));
    json.addProperty("complete", report.complete());
    return json;
  }

  private static OomReport report(Fields fields) {
    return new OomReport(
        fields
            .optionalNumber("limit_bytes")
            .map(bytes -> Limit.at(new Bytes(bytes)))
            .orElseGet(Limit::unlimited),
        new Bytes(fields.number("usage_bytes")),
        fields.optionalNumber("peak_bytes").map(Bytes::new),
        fields.map("statistics", JsonElement::getAsLong),
        fields.list("processes", element -> holder(new Fields(element.getAsJsonObject()))),
        fields.nanos("age_nanos"),
        fields.flag("complete"));
  }

  private static JsonObject format(OomReport.Holder holder) {
    JsonObject json = new JsonObject();
    json.addProperty("pid", holder.pid());
    json.addProperty("parent", holder.parent());
    json.addProperty("command", holder.command());
    json.addProperty("resident_bytes", holder.resident().count());
    json.addProperty("anon_bytes", holder.anon().count());
    json.addProperty("file_bytes", holder.file().count());
    json.addProperty("shmem_bytes", holder.shmem().count());
    json.addProperty("swap_bytes", holder.swap().count());
    return json;
  }

  private static OomReport.Holder holder(Fields fields) {
    return new OomReport.Holder(
        fields.integer("pid"),
        fields.integer("parent"),
        fields.text("command"),
        new Bytes(fields.number("resident_bytes")),
        new Bytes(fields.number("anon_bytes")),
        new Bytes(fields.number("file_bytes")),
        new Bytes(fields.number("shmem_bytes")),
        new Bytes(fields.number("swap_bytes")));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
