package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Outcomes of runs that never were.
final class Outcomes {
  static final RunId RUN = RunId.parse("0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0");
  static final ExecutorId ID = new ExecutorId("default", "make");
  static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.006Z");

  static final Usage USAGE =
      new Usage(
          Optional.of(
              new CpuController.Usage(
                  Duration.ofMillis(1500), Duration.ofMillis(1000), Duration.ofMillis(500))),
          Optional.of(new CpuController.Throttling(20, 5, Duration.ofMillis(250))),
          Optional.of(Bytes.ofMebibytes(10)),
          Optional.of(Bytes.ofMebibytes(20)),
          Optional.of(Limit.at(Bytes.ofMebibytes(64))),
          Optional.empty(),
          Optional.of(3L));

  private Outcomes() {}

  static ExecutorSpec spec(String... command) {
    return ExecutorSpec.builder(ID, List.of(command)).label("team", "a \"b\" \u001b").build();
  }

  static Outcome of(Verdict verdict) {
    return of(verdict, Usage.NONE, 0, Optional.empty(), Optional.empty());
  }

  static Outcome of(
      Verdict verdict,
      Usage usage,
      long oomKills,
      Optional<KillReceipt> kill,
      Optional<String> cleanupFailure) {
    return new Outcome(
        RUN,
        ID,
        verdict,
        Optional.of(new WaitStatus(0)),
        STARTED,
        Duration.ofMillis(2500),
        usage,
        oomKills,
        kill,
        cleanupFailure);
  }

  static KillReceipt receipt(String... names) {
    List<KillReceipt.Victim> victims =
        java.util.stream.IntStream.range(0, names.length)
            .mapToObj(i -> new KillReceipt.Victim(100 + i, names[i]))
            .toList();
    return new KillReceipt(
        KillReceipt.Mechanism.CGROUP_KILL, names.length, victims, Duration.ofMillis(12));
  }

  static OomReport.Holder holder(int pid, String command, long mebibytes) {
    Bytes amount = Bytes.ofMebibytes(mebibytes);
    return new OomReport.Holder(
        pid, 1, command, amount, amount, Bytes.ZERO, Bytes.ZERO, Bytes.ZERO);
  }

  static OomReport report(Optional<Duration> age, OomReport.Holder... holders) {
    Map<String, Long> statistics = new LinkedHashMap<>();
    statistics.put("anon", 67108864L);
    statistics.put("file", 0L);
    return new OomReport(
        Limit.at(Bytes.ofMebibytes(64)),
        Optional.of(Bytes.ofMebibytes(64)),
        Optional.of(Bytes.ofMebibytes(65)),
        statistics,
        List.of(holders),
        age,
        true);
  }
}
