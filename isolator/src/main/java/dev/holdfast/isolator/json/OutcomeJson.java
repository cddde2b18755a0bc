package dev.holdfast.isolator.json;

import com.google.gson.stream.JsonWriter;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Io;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// A run's outcome as JSON. Amounts of memory are bytes, times are seconds; what is not known is
/// not there.
public final class OutcomeJson {
  private final JsonWriter json;

  public OutcomeJson(JsonWriter json) {
    this.json = json;
  }

  public void write(Outcome outcome, ExecutorSpec spec) throws IOException {
    json.beginObject();
    json.name("run").value(outcome.run().toString());
    writeSpec(spec);
    json.name("verdict").value(outcome.verdict().word());
    json.name("exit_code").value(outcome.exitCode());
    new VerdictJson(json).writeEvidence(outcome.verdict());
    json.name("started").value(outcome.started().toString());
    seconds("wall_seconds", outcome.took());
    writeUsage(outcome.usage());
    json.name("oom_kills").value(outcome.oomKills());
    if (outcome.kill().isPresent()) {
      writeKill(outcome.kill().get());
    }
    json.name("cleanup").beginObject();
    json.name("ok").value(outcome.cleanupFailure().isEmpty());
    if (outcome.cleanupFailure().isPresent()) {
      json.name("failure").value(outcome.cleanupFailure().get());
    }
    json.endObject();
    json.endObject();
  }

  /// What is known of a run that could not be set up.
  public void writeRefusal(ExecutorSpec spec, String why) throws IOException {
    json.beginObject();
    writeSpec(spec);
    Verdict verdict = new Verdict.LaunchFailed(Verdict.OWN_ERROR_CODE, why);
    json.name("verdict").value(verdict.word());
    json.name("exit_code").value(Verdict.OWN_ERROR_CODE);
    new VerdictJson(json).writeEvidence(verdict);
    json.endObject();
  }

  private void writeSpec(ExecutorSpec spec) throws IOException {
    json.name("framework").value(spec.id().framework());
    json.name("executor").value(spec.id().name());
    json.name("command").beginArray();
    for (String word : spec.command()) {
      json.value(word);
    }
    json.endArray();
    json.name("labels").beginObject();
    for (Map.Entry<String, String> label : spec.labels().entrySet()) {
      json.name(label.getKey()).value(label.getValue());
    }
    json.endObject();
  }

  private void writeUsage(Usage usage) throws IOException {
    json.name("usage").beginObject();
    if (usage.cpu().isPresent()) {
      CpuController.Usage cpu = usage.cpu().get();
      seconds("cpu_seconds", cpu.total());
      seconds("cpu_user_seconds", cpu.user());
      seconds("cpu_system_seconds", cpu.system());
    }
    if (usage.throttling().isPresent()) {
      CpuController.Throttling throttling = usage.throttling().get();
      json.name("cpu_periods").value(throttling.periods());
      json.name("cpu_throttled_periods").value(throttling.throttledPeriods());
      seconds("cpu_throttled_seconds", throttling.throttled());
    }
    if (usage.memoryLimit().isPresent() && usage.memoryLimit().get().value().isPresent()) {
      bytes("memory_limit_bytes", usage.memoryLimit().get().value().get());
    }
    if (usage.memory().isPresent()) {
      bytes("memory_bytes", usage.memory().get());
    }
    if (usage.memoryPeak().isPresent()) {
      bytes("memory_peak_bytes", usage.memoryPeak().get());
    }
    if (usage.io().isPresent()) {
      Io io = usage.io().get();
      json.name("io_read_bytes").value(io.readBytes());
      json.name("io_written_bytes").value(io.writtenBytes());
      json.name("io_reads").value(io.reads());
      json.name("io_writes").value(io.writes());
    }
    json.endObject();
  }

  private void writeKill(KillReceipt kill) throws IOException {
    json.name("kill").beginObject();
    json.name("mechanism").value(kill.mechanism().label());
    json.name("count").value(kill.count());
    seconds("seconds", kill.took());
    json.name("processes").beginArray();
    for (KillReceipt.Victim victim : kill.victims()) {
      json.beginObject();
      json.name("pid").value(victim.pid());
      json.name("name").value(victim.name());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void bytes(String name, Bytes amount) throws IOException {
    json.name(name).value(amount.count());
  }

  private void seconds(String name, Duration duration) throws IOException {
    json.name(name).value(duration.toNanos() / 1e9);
  }
}
