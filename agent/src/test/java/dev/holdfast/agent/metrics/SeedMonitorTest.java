package dev.holdfast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Field for field what Mesos 0.14 served.
final class SeedMonitorTest {
  private final FakeRun run = new FakeRun("f", "say \"hi\"");

  private static Reading reading() {
    Reading first = Reading.of(1_000, Samples.busy(Duration.ofSeconds(1)), Samples.HALF);
    return Reading.of(3_000, Samples.busy(Duration.ofSeconds(2)), Samples.HALF)
        .after(first, Duration.ofSeconds(2));
  }

  @Test
  void withoutRunsBothAreEmptyLists() {
    assertThat(SeedMonitor.statistics(List.of(), _ -> Optional.empty())).isEqualTo("[]");
    assertThat(SeedMonitor.usage(List.of(), _ -> Optional.empty())).isEqualTo("[]");
  }

  @Test
  void statisticsHaveTheSeedsFields() {
    assertThat(SeedMonitor.statistics(List.of(run.live(Samples.HALF)), _ -> Optional.of(reading())))
        .isEqualTo(
            """
            [{"executor_id":"say \\"hi\\"","executor_name":"say \\"hi\\"","framework_id":"f",\
            "source":"say \\"hi\\"","statistics":{"cpus_limit":0.5,"cpus_nr_periods":40,\
            "cpus_nr_throttled":10,"cpus_system_time_secs":1,"cpus_throttled_time_secs":0.25,\
            "cpus_user_time_secs":0.5,"mem_limit_bytes":268435456,"mem_rss_bytes":62914560}}]\
            """);
  }

  @Test
  void usageHasTheSeedsFields() {
    assertThat(SeedMonitor.usage(List.of(run.live(Samples.HALF)), _ -> Optional.of(reading())))
        .isEqualTo(
            """
            [{"executor_id":"say \\"hi\\"","executor_name":"say \\"hi\\"","framework_id":"f",\
            "resource_usage":{"cpu_time":1.5,"cpu_usage":0.5,"memory_rss":62914560},\
            "source":"say \\"hi\\""}]\
            """);
  }

  @Test
  void whatIsNotKnownIsZero() {
    assertThat(SeedMonitor.statistics(List.of(run.live(Limits.NONE)), _ -> Optional.empty()))
        .contains("\"cpus_limit\":0,", "\"mem_limit_bytes\":0,", "\"mem_rss_bytes\":0}");
    assertThat(SeedMonitor.usage(List.of(run.live(Limits.NONE)), _ -> Optional.empty()))
        .contains("\"cpu_time\":0,\"cpu_usage\":0,\"memory_rss\":0");
  }
}
