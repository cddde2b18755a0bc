package dev.holdfast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import dev.holdfast.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentMetricsTest {
  @TempDir Path directory;

  private static String text(AgentMetrics metrics, LiveRun... runs) {
    try (Sampler sampler =
        new Sampler(() -> List.of(runs), Duration.ofSeconds(1), 1_000, metrics)) {
      sampler.round();
      return sampler.metrics();
    }
  }

  @Test
  void theAgentsDoingsAreTold() {
    AgentMetrics metrics = new AgentMetrics("1.2.3");
    metrics.launched(true, Duration.ofMillis(3));
    metrics.launched(false, Duration.ofMillis(2));
    metrics.event("launched");
    metrics.recovered(7, Duration.ofMillis(250));
    metrics.orphansDestroyed(2);
    metrics.resources(2, 4L << 30, 0.5, 1L << 30);
    assertThat(text(metrics))
        .contains(
            "holdfast_build_info{version=\"1.2.3\"} 1",
            "holdfast_launches_total{result=\"ok\"} 1.0",
            "holdfast_launches_total{result=\"failed\"} 1.0",
            "holdfast_launch_duration_seconds_count 2",
            "holdfast_launch_duration_seconds_bucket{le=\"0.005\"} 2",
            "holdfast_events_total{type=\"launched\"} 1.0",
            "holdfast_recovered_runs 7.0",
            "holdfast_recovery_duration_seconds 0.25",
            "holdfast_orphans_destroyed_total 2.0",
            "holdfast_node_cpus 2.0",
            "holdfast_allocated_memory_bytes 1.073741824E9",
            "process_resident_memory_bytes ");
  }

  @Test
  void aRunsNumbersHaveTheNamesOfCadvisor() {
    FakeRun run = new FakeRun("f", "e");
    run.usage = Samples.busy(Duration.ofSeconds(2));
    String labels =
        "{framework=\"f\",id=\"/holdfast/e\",name=\"e\",run=\"%s\"} ".formatted(run.id());
    assertThat(text(new AgentMetrics("1"), run.live(Samples.HALF)).lines())
        .contains(
            "container_cpu_usage_seconds_total{cpu=\"total\",framework=\"f\",id=\"/holdfast/e\","
                + "name=\"e\",run=\"%s\"} 2.0".formatted(run.id()),
            "container_cpu_user_seconds_total" + labels + "0.5",
            "container_cpu_cfs_throttled_seconds_total" + labels + "0.25",
            "container_memory_usage_bytes" + labels + "1.048576E8",
            "container_memory_working_set_bytes" + labels + "9.437184E7",
            "container_memory_rss" + labels + "6.291456E7",
            "container_oom_events_total" + labels + "1.0",
            "container_fs_reads_bytes_total" + labels + "4096.0",
            "container_fs_writes_bytes_total" + labels + "8192.0",
            "container_fs_reads_total" + labels + "1.0",
            "container_fs_writes_total" + labels + "2.0",
            "container_threads" + labels + "5.0",
            "container_processes" + labels + "2.0",
            "container_pressure_cpu_waiting_seconds_total" + labels + "1.5",
            "container_pressure_cpu_stalled_seconds_total" + labels + "0.5",
            "container_spec_cpu_shares" + labels + "512.0",
            "container_spec_cpu_quota" + labels + "50000.0",
            "container_spec_cpu_period" + labels + "100000.0",
            "container_spec_memory_limit_bytes" + labels + "2.68435456E8",
            "container_spec_memory_reservation_limit_bytes" + labels + "6.7108864E7")
        .noneMatch(line -> line.startsWith("container_pressure_io_waiting_seconds_total{"));
  }

  /// As with no descriptor left.
  @Test
  void aRunWhoseProcessesCannotBeReadTakesNoOthersNumbers() {
    FakeRun run = new FakeRun("f", "e");
    FakeRun other = new FakeRun("f", "other");
    run.usage = Samples.busy(Duration.ofSeconds(2));
    other.usage = run.usage;
    List<LiveRun> runs = List.of(run.live(Samples.HALF), other.live(Samples.HALF));
    try (Sampler sampler =
        new Sampler(() -> runs, Duration.ofSeconds(1), 1_000, new AgentMetrics("1"))) {
      sampler.round();
      Path file = Path.of("/sys/fs/cgroup/holdfast/e/cgroup.procs");
      run.failWith(CgroupException.of("read", file, Errno.EMFILE));
      assertThat(sampler.metrics().lines())
          .anyMatch(it -> it.startsWith("container_threads{") && it.contains("id=\"/holdfast/e\""))
          .filteredOn(it -> it.startsWith("container_processes{"))
          .singleElement()
          .asString()
          .contains("name=\"other\"");
    }
  }

  @Test
  void aNameCannotBreakOutOfItsLabel() {
    FakeRun run = new FakeRun("f", "a\"b\\c{}\u2028");
    run.usage = Samples.cpuAlone(Duration.ofSeconds(1));
    assertThat(text(new AgentMetrics("line\nbreak"), run.live(Limits.NONE)))
        .contains("name=\"a\\\"b\\\\c{}\u2028\"")
        .contains("version=\"line\\nbreak\"");
  }

  @Test
  void theCountersSurviveTheAgent() {
    Path file = directory.resolve("counters.json");
    RunId id = RunId.random();
    try (AgentMetrics before = new AgentMetrics("1", file)) {
      before.launched(true, Duration.ZERO);
      before.launched(true, Duration.ZERO);
      before.orphansDestroyed(1);
      before.totals().used(id, "f", new Totals.Amounts(2_000_000, 0, 1));
    }
    assertThat(file).satisfies(it -> assertThat(Files.getPosixFilePermissions(it)).hasSize(2));
    try (AgentMetrics after = new AgentMetrics("2", file)) {
      after.launched(true, Duration.ZERO);
      after.totals().used(id, "f", new Totals.Amounts(3_000_000, 0, 1));
      assertThat(text(after))
          .contains("holdfast_launches_total{result=\"ok\"} 3.0")
          .contains("holdfast_orphans_destroyed_total 1.0")
          .contains("holdfast_framework_cpu_seconds_total{framework=\"f\"} 3.0")
          .contains("holdfast_framework_oom_kills_total{framework=\"f\"} 1.0");
    }
  }

  @Test
  void aTornFileOfCountersCountsForNothing() throws IOException {
    Path file = directory.resolve("counters.json");
    try (AgentMetrics before = new AgentMetrics("1", file)) {
      before.launched(true, Duration.ZERO);
    }
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      AgentMetrics after = new AgentMetrics("2", file);
      assertThat(after.totals().byFramework()).isEmpty();
    }
  }

  @Test
  void aDirectoryThatIsFullCostsOnlyTheCounters() {
    AgentMetrics metrics = new AgentMetrics("1", directory.resolve("missing/counters.json"));
    metrics.launched(true, Duration.ZERO);
    metrics.tick();
    metrics.close();
    assertThat(text(metrics)).contains("holdfast_launches_total{result=\"ok\"} 1.0");
  }
}
