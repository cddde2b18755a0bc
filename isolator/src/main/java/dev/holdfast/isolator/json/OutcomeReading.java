package dev.holdfast.isolator.json;

import com.google.gson.JsonObject;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What [OutcomeJson] has written, read back, so that the end of a run is told in the same words
/// whoever ran it.
public final class OutcomeReading {
  private final JsonReading json;

  public OutcomeReading(JsonObject json) {
    this.json = new JsonReading(json);
  }

  public String verdict() {
    return json.text("verdict").orElse("unknown");
  }

  public Optional<Integer> exitCode() {
    return json.number("exit_code").map(Long::intValue);
  }

  /// Empty when it is told in a way that is not known here.
  public Optional<Outcome> outcome() {
    try {
      return Optional.of(read());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private Outcome read() {
    return new Outcome(
        RunId.parse(json.text("run").orElseThrow()),
        new ExecutorId(json.text("framework").orElseThrow(), json.text("executor").orElseThrow()),
        new VerdictReading(json.json()).verdict(),
        Optional.empty(),
        InstantText.parse(json.text("started").orElseThrow()),
        json.seconds("wall_seconds").orElse(Duration.ZERO),
        usage(json.part("usage")),
        json.number("oom_kills").orElse(0L),
        json.has("kill") ? Optional.of(kill(json.part("kill"))) : Optional.empty(),
        json.part("cleanup").text("failure"));
  }

  private static Usage usage(JsonReading usage) {
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

  private static KillReceipt kill(JsonReading kill) {
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
}
