package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.it.harness.VerdictDocument;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.testkit.KernelTest;
import dev.holdfast.testkit.TwoCpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What `--cpus` and its like hold a run to. Other work on the machine can only take away from it,
/// so a measurement that fails is made again.
@KernelTest
final class CpuTest {
  private static final String BUSY = "while :; do :; done";
  private static final int ATTEMPTS = 3;

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void quotaCapsCpuTimeAtItsShareOfTheWallTime() {
    assertRatio(
        0.5,
        0.06,
        () -> {
          VerdictDocument verdict =
              ground
                  .run("--cpus", "0.5", "--cpu-mode", "quota", "--timeout", "4s", "sh", "-c", BUSY)
                  .withVerdict()
                  .finish()
                  .expect(124)
                  .verdict();
          assertThat(verdict.text("verdict")).isEqualTo("timed_out");
          assertThat(verdict.text("timer")).isEqualTo("wall");
          return verdict.number("usage.cpu_seconds") / verdict.number("wall_seconds");
        });
  }

  @Test
  void throttlingIsInTheVerdict() {
    Finished run =
        ground
            .run("--cpus", "0.2", "--cpu-mode", "quota", "--timeout", "3s", "sh", "-c", BUSY)
            .withVerdict()
            .finish()
            .expect(124);

    assertThat(run.err()).contains("its time of 3.0 s was up", "throttled in");
    VerdictDocument usage = run.verdict().part("usage");
    assertThat(usage.count("cpu_throttled_periods")).isBetween(5L, usage.count("cpu_periods"));
    assertThat(usage.number("cpu_throttled_seconds")).isGreaterThan(0.3);
  }

  @Test
  void sharesAreNoCap() {
    VerdictDocument verdict =
        ground
            .run("--cpus", "0.1", "--timeout", "3s", "sh", "-c", BUSY)
            .withVerdict()
            .finish()
            .expect(124)
            .verdict();

    assertThat(verdict.number("usage.cpu_seconds")).isGreaterThan(0.6);
    assertThat(verdict.has("usage.cpu_throttled_periods")).isFalse();
  }

  @Test
  void sharesDivideOneCpuInProportion() {
    assertRatio(2, 0.1, this::cpuOfTwiceTheSharesToOnce);
  }

  private double cpuOfTwiceTheSharesToOnce() {
    Started twice = startOnFirstCpu("twice", "1");
    Started once = startOnFirstCpu("once", "0.5");
    double twiceBefore = cpuSeconds("twice");
    double onceBefore = cpuSeconds("once");
    // Enough turns of each: a scheduler's slice is a few milliseconds.
    Waiting.until("they have used 3 s", () -> cpuSeconds("twice") - twiceBefore > 3);
    double ratio = (cpuSeconds("twice") - twiceBefore) / (cpuSeconds("once") - onceBefore);
    twice.closeInput().await();
    once.closeInput().await();
    return ratio;
  }

  /// Runs until its stdin ends.
  private Started startOnFirstCpu(String name, String cpus) {
    String script = BUSY + " & echo ready; read -r line";
    return ground
        .run("--name", name, "--cpus", cpus, "--cpuset-cpus", "0", "sh", "-c", script)
        .fromTest()
        .start()
        .awaitOutput("ready");
  }

  private double cpuSeconds(String run) {
    try {
      for (Path cgroup : ground.runCgroups()) {
        if (cgroup.toString().contains("." + run + ".")) {
          Path v1 = cgroup.resolve("cpuacct.usage");
          Path v2 = cgroup.resolve("memory.stat").resolveSibling("cpu.stat");
          if (Files.exists(v1)) {
            return Long.parseLong(Files.readString(v1).strip()) / 1e9;
          }
          if (Files.exists(v2) && Files.readString(v2).startsWith("usage_usec ")) {
            return Long.parseLong(Files.readString(v2).lines().toList().getFirst().substring(11))
                / 1e6;
          }
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    throw new AssertionError("no CPU time of " + run);
  }

  @Test
  void cpuTimeoutCountsAllProcesses() {
    String script = BUSY + " & " + BUSY;
    // From 1.0 to 1.5 seconds; of one process alone it would be two.
    assertRatio(
        1.25,
        0.2,
        () -> {
          Finished run =
              ground
                  .run("--cpu-timeout", "1s", "sh", "-c", script)
                  .withVerdict()
                  .finish()
                  .expect(124);
          assertThat(run.err()).contains("its CPU time of 1.0 s was up");
          assertThat(run.verdict().text("verdict")).isEqualTo("timed_out");
          assertThat(run.verdict().text("timer")).isEqualTo("cpu");
          assertThat(run.verdict().number("timeout_seconds")).isEqualTo(1);
          return run.verdict().number("usage.cpu_seconds");
        });
  }

  @Test
  void sleepUsesUpNoCpuTimeout() {
    ground.run("--cpu-timeout", "400ms", "sleep", "1").finish().expect(0);
  }

  @Test
  void burstIsWritten() {
    Started run =
        ground
            .run("--cpus", "0.5", "--cpu-mode", "quota", "--cpu-burst", "40ms", "cat")
            .fromTest()
            .start();
    Waiting.until("the burst is written", () -> hasBurst("40000\n"));
    run.closeInput().await().expect(0);
  }

  private boolean hasBurst(String text) throws IOException {
    for (Path cgroup : ground.runCgroups()) {
      for (String name : List.of("cpu.cfs_burst_us", "cpu.max.burst")) {
        Path file = cgroup.resolve(name);
        if (Files.exists(file) && Files.readString(file).equals(text)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  @TwoCpus
  void pinnedRunHasCpusOfItsOwn() {
    assumeTwoCpus();
    String cpus = "grep Cpus_allowed_list /proc/self/status";

    Finished both = ground.run("--cpus", "2", "--cpu-mode", "pinned", "sh", "-c", cpus).finish();
    Finished one = ground.run("--cpus", "0.5", "--cpu-mode", "pinned", "sh", "-c", cpus).finish();

    assertThat(both.expect(0).out()).isEqualTo("Cpus_allowed_list:\t0-1\n");
    assertThat(one.expect(0).out()).isEqualTo("Cpus_allowed_list:\t0\n");
  }

  @Test
  @TwoCpus
  void pinnedRunsShareNoCpu() {
    assumeTwoCpus();
    Started first = startPinned("first");
    Started second = startPinned("second");
    long cpus = Runtime.getRuntime().availableProcessors();

    assertThat(first.out()).isNotEqualTo(second.out());
    Finished third =
        ground.run("--cpus", Long.toString(cpus - 1), "--cpu-mode", "pinned", "true").finish();
    assertThat(third.expect(125).errLines()).hasSize(1);

    first.closeInput().await().expect(0);
    second.closeInput().await().expect(0);
  }

  private Started startPinned(String name) {
    return ground
        .run(
            "--name",
            name,
            "--cpus",
            "1",
            "--cpu-mode",
            "pinned",
            "sh",
            "-c",
            "grep Cpus_allowed_list: /proc/self/status; read -r line; exit 0")
        .fromTest()
        .start()
        .awaitOutput("\n");
  }

  @Test
  @TwoCpus
  void cpusetIsWhereItRuns() {
    assumeTwoCpus();
    Finished run =
        ground.run("--cpuset-cpus", "1", "grep", "Cpus_allowed_list", "/proc/self/status").finish();

    assertThat(run.expect(0).out()).isEqualTo("Cpus_allowed_list:\t1\n");
  }

  private static void assumeTwoCpus() {
    assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "it needs two CPUs");
  }

  /// @param offset relative to `expected`
  private static void assertRatio(double expected, double offset, DoubleSupplier measurement) {
    List<Double> measured = new ArrayList<>();
    do {
      measured.add(measurement.getAsDouble());
    } while (measured.size() < ATTEMPTS
        && Math.abs(measured.getLast() - expected) > expected * offset);
    assertThat(measured.getLast())
        .as("the last of %s", measured)
        .isCloseTo(expected, within(expected * offset));
  }
}
