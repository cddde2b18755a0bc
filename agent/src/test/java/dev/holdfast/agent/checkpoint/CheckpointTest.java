package dev.holdfast.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.ResourceLimit;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {
  static final Limits LIMITS =
      Limits.builder()
          .cpus(new Cpus(1500))
          .cpuMode(CpuMode.QUOTA)
          .cpuBurst(Duration.ofMillis(20))
          .memory(Bytes.ofMebibytes(64))
          .memoryReservation(Bytes.ofMebibytes(32))
          .memoryAndSwap(Limit.unlimited())
          .pids(100)
          .build();

  static Checkpoint some() {
    ExecutorSpec spec =
        ExecutorSpec.builder(
                new ExecutorId("f/w", "größe \"x\""), List.of("/bin/sh", "-c", "echo \udcff\n"))
            .label("team", "a")
            .limits(LIMITS)
            .credentials(new Credentials(1001, 1002, List.of(1002, 50)))
            .workDirectory(Path.of("/tmp"))
            .environment("A", "b=c")
            .resourceLimit(ResourceLimit.parse("nofile=10:20"))
            .resourceLimit(ResourceLimit.parse("core=unlimited"))
            .oomMode(OomMode.KERNEL)
            .timeout(Duration.ofSeconds(3))
            .cpuTimeout(Duration.ofNanos(5))
            .stopTimeout(Duration.ZERO)
            .sandbox(Path.of("/work/sandbox"))
            .uri(new FetchUri("http://h/a.tgz", true, false, Optional.of("ab".repeat(32))))
            .uri(FetchUri.parse("/etc/hosts"))
            .build();
    return new Checkpoint(
        RunId.parse("0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0"),
        spec,
        new Checkpoint.Owner(1001, "anna"),
        "anna",
        Path.of("/work/sandbox"),
        new Checkpoint.Logs(4096, 3),
        Optional.of(CgroupPath.parse("holdfast/a")),
        Instant.parse("2026-01-02T03:04:05.006Z"),
        "00000000-0000-4000-8000-000000000001",
        Optional.of("400 MiB in use"),
        Optional.empty(),
        true);
  }

  static List<Verdict> verdicts() {
    OomReport report =
        new OomReport(
            Limit.at(Bytes.ofMebibytes(64)),
            Optional.of(Bytes.ofMebibytes(63)),
            Optional.of(Bytes.ofMebibytes(65)),
            Map.of("anon", 5L),
            List.of(
                new OomReport.Holder(
                    7,
                    1,
                    "eat \"all\"",
                    new Bytes(4),
                    new Bytes(3),
                    new Bytes(1),
                    Bytes.ZERO,
                    Bytes.ZERO)),
            Optional.of(Duration.ofMillis(2)),
            true);
    return List.of(
        new Verdict.Exited(3),
        new Verdict.Signaled(Signal.QUIT, true),
        new Verdict.Killed("anna"),
        new Verdict.OutOfMemory(Verdict.Scope.ANCESTOR, Optional.empty()),
        new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(report)),
        new Verdict.TimedOut(Verdict.Timer.CPU, Duration.ofMillis(1500)),
        new Verdict.LaunchFailed(127, "no such program"),
        new Verdict.Lost("gone"));
  }

  @Test
  void isReadBackAsItWas() {
    String text = some().format();
    Checkpoint read = Checkpoint.parse(text).orElseThrow();

    assertThat(read.format()).isEqualTo(text);
    assertThat(read.spec().limits()).isEqualTo(LIMITS);
    assertThat(read.spec().command()).isEqualTo(some().spec().command());
    assertThat(read.spec().resourceLimits()).isEqualTo(some().spec().resourceLimits());
    assertThat(read.created()).isEqualTo(some().created());
    assertThat(read.detached().stdout()).isEqualTo(Path.of("/work/sandbox/stdout"));
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void everyDecidedVerdictIsReadBackWithItsEvidence(Verdict verdict) {
    String text = some().withDecided(verdict).format();
    assertThat(Checkpoint.parse(text).orElseThrow().decided()).contains(verdict);
  }

  @Test
  void cutAnywhereItIsAbsent() {
    String text = some().withDecided(verdicts().get(4)).format();
    for (int length = 0; length < text.length(); length++) {
      assertThat(Checkpoint.parse(text.substring(0, length))).as("cut at %d", length).isEmpty();
    }
  }

  @Test
  void fieldsOfANewerAgentArePassedOver() {
    String text = some().format().replaceFirst("\\{", "{\"new\":[1],");
    assertThat(Checkpoint.parse(text)).isPresent();
  }

  @Test
  void anOlderAgentDidNotWriteTheRoot() {
    String text = some().format().replace("\"cgroups_root\":\"holdfast/a\",", "");
    assertThat(Checkpoint.parse(text).orElseThrow().cgroupsRoot()).isEmpty();
  }

  @Test
  void newLimitsChangeNothingElse() {
    Checkpoint changed = some().withLimits(Limits.NONE, Optional.empty());
    assertThat(changed.withLimits(LIMITS, some().deferred()).format()).isEqualTo(some().format());
    assertThat(changed.spec().limits()).isEqualTo(Limits.NONE);
  }
}
