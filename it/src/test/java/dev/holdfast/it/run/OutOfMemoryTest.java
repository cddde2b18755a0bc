package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.it.harness.VerdictDocument;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A run at its memory limit.
@KernelTest
final class OutOfMemoryTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final long LIMIT = 64 * MEBIBYTE;

  /// A pipeline of which one process takes the memory.
  private static final String PIPELINE = Eater.SHELL + " | sleep 60";

  @RegisterExtension final Ground ground = new Ground();

  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void isExplainedToAPerson() {
    Finished run = ground.run("--memory", "64m", "--", "sh", "-c", PIPELINE).finish().expect(137);

    assertThat(run.out()).isEmpty();
    assertThat(run.errLines().getFirst())
        .startsWith("holdfast: out of memory: default/sh")
        .contains("64 MiB", "peak 6");
    assertThat(run.errLines().get(1)).contains("MiB", "#####", "perl -e");
    assertThat(run.err()).doesNotContain("\033");
  }

  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void isExplainedToAProgram() {
    Finished run =
        ground
            .run("--memory", "64m", "--", "sh", "-c", PIPELINE)
            .withVerdict()
            .finish()
            .expect(137);

    VerdictDocument verdict = run.verdict();
    assertThat(verdict.text("verdict")).isEqualTo("out_of_memory");
    assertThat(verdict.text("scope")).isEqualTo("own_limit");
    assertThat(verdict.count("exit_code")).isEqualTo(137);
    assertThat(verdict.texts("command")).containsExactly("sh", "-c", PIPELINE);
    assertThat(verdict.count("report.limit_bytes")).isEqualTo(LIMIT);
    assertThat(verdict.count("report.peak_bytes")).isBetween(LIMIT - 2 * MEBIBYTE, LIMIT);
    assertThat(verdict.count("report.memory_stat.pgfault")).isPositive();
    assertThat(verdict.is("cleanup.ok")).isTrue();
    VerdictDocument largest = verdict.parts("report.processes").getFirst();
    assertThat(largest.text("command")).startsWith("perl");
    assertThat(largest.count("anon_bytes")).isBetween(LIMIT / 2, LIMIT);
  }

  /// They begin together, and by their own hand: a program that is being started at the limit, or a
  /// system call that needs memory there, is not held but fails.
  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void listsAllOfFiftyProcesses() {
    String script =
        """
        i=0
        while [ $i -lt 50 ]; do
          perl -e 'kill STOP, $$; $x .= "x" x 65536 while 1' & all="$all $!" i=$((i + 1))
        done
        until [ $(ps --ppid $$ -o state= | grep -c T) = 50 ]; do sleep 0.05; done
        kill -CONT $all
        wait\
        """;
    Holdfast call = ground.run("--memory", "512m", "--", "sh", "-c", script).withVerdict();
    Finished run = call.finish().expect(137);
    if (!run.verdict().is("report.complete")) {
      // A picture takes a second at the most: on a machine that stood still meanwhile it is not
      // all.
      run = call.finish().expect(137);
    }

    VerdictDocument verdict = run.verdict();
    assertThat(verdict.text("verdict")).isEqualTo("out_of_memory");
    assertThat(verdict.is("report.complete")).isTrue();
    List<VerdictDocument> processes = verdict.parts("report.processes");
    assertThat(processes.stream().filter(it -> it.text("command").startsWith("perl")).count())
        .isEqualTo(50);
    assertThat(run.err()).contains("smaller processes");
  }

  @Test
  void isNotWhatPageCacheIsFor() throws IOException {
    String type = Files.getFileStore(ground.work()).type();
    assumeFalse(type.matches("tmpfs|overlay"), "a file on " + type + " may be memory");
    String script = "dd if=/dev/zero of=big bs=1M count=200 2>&1 && stat -c %s big && rm big";
    Finished run =
        ground.run("--memory", "64m", "--", "sh", "-c", script).withVerdict().finish().expect(0);

    assertThat(run.out()).contains(Long.toString(200 * MEBIBYTE));
    assertThat(run.verdict().count("oom_kills")).isZero();
    assertThat(run.verdict().count("usage.memory_peak_bytes")).isGreaterThan(LIMIT - 4 * MEBIBYTE);
  }

  /// Where the kernel kills at once: the processes may be gone before anybody can look.
  @Test
  @KernelTest(KernelLayout.V2)
  void isExplainedByNumbersWhereItCannotBeHeld() {
    Finished run =
        ground
            .run("--memory", "64m", "--", "sh", "-c", PIPELINE)
            .withVerdict()
            .finish()
            .expect(137);

    assertThat(run.errLines().getFirst())
        .startsWith("holdfast: out of memory: default/sh")
        .contains("64 MiB", "peak 6");
    assertThat(run.verdict().text("scope")).isEqualTo("own_limit");
    assertThat(run.verdict().count("report.limit_bytes")).isEqualTo(LIMIT);
  }

  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void comesFromATmpfsToo() {
    String script =
        "mount -t tmpfs tmpfs . && cd $PWD && head -c 40m /dev/zero > big && exec " + Eater.SHELL;
    Finished run =
        ground
            .run("--memory", "64m", "--", "unshare", "--mount", "sh", "-c", script)
            .withVerdict()
            .finish()
            .expect(137);

    VerdictDocument verdict = run.verdict();
    assertThat(verdict.text("verdict")).isEqualTo("out_of_memory");
    assertThat(verdict.text("scope")).isEqualTo("own_limit");
    assertThat(verdict.count("report.memory_stat.shmem")).isGreaterThan(LIMIT / 2);
  }

  @Test
  void kernelKillsOneAndTheLeaderGoesOn() {
    String script = Eater.SHELL + "; echo survived; exit 3";
    Finished run =
        ground
            .run("--oom", "kernel", "--memory", "64m", "--", "sh", "-c", script)
            .withVerdict()
            .finish()
            .expect(3);

    assertThat(run.out()).isEqualTo("survived\n");
    assertThat(run.err()).contains("holdfast: the kernel killed 1 process of default/sh");
    assertThat(run.verdict().text("verdict")).isEqualTo("exited");
    assertThat(run.verdict().count("oom_kills")).isEqualTo(1);
  }

  @Test
  void kernelKillsTheLeader() {
    Finished run =
        ground
            .run(Eater.with("--oom", "kernel", "--memory", "64m", "--"))
            .withVerdict()
            .finish()
            .expect(137);

    assertThat(run.errLines().getFirst()).contains("out of memory", "64 MiB");
    assertThat(run.verdict().text("verdict")).isEqualTo("out_of_memory");
    assertThat(run.verdict().text("scope")).isEqualTo("own_limit");
    assertThat(run.verdict().count("oom_kills")).isEqualTo(1);
  }

  @Test
  void ofAParentIsNotBlamedOnTheRun() {
    try (LimitedParent parent = new LimitedParent(ground.name(), LIMIT)) {
      Finished run =
          ground
              .run(Eater.with("--memory", "512m", "--"))
              .variable("HOLDFAST_CGROUPS_ROOT", parent.path() + "/below")
              .withVerdict()
              .finish()
              .expect(137);

      assertThat(run.errLines().getFirst()).contains("out of memory", "a cgroup above it");
      assertThat(run.verdict().text("verdict")).isEqualTo("out_of_memory");
      assertThat(run.verdict().text("scope")).isEqualTo("ancestor");
      assertThat(run.verdict().count("oom_kills")).isEqualTo(1);
    }
  }

  @Test
  void ofAParentIsNotBlamedOnARunWithoutALimit() {
    try (LimitedParent parent = new LimitedParent(ground.name(), LIMIT)) {
      Finished run =
          ground
              .run(Eater.with())
              .variable("HOLDFAST_CGROUPS_ROOT", parent.path() + "/below")
              .withVerdict()
              .finish()
              .expect(137);

      assertThat(run.verdict().text("scope")).isEqualTo("ancestor");
    }
  }

  @Test
  void leavesTheNextRunUnharmed() {
    ground.run(Eater.with("--memory", "64m", "--")).finish().expect(137);

    ground.run("--memory", "64m", "--", "true").finish().expect(0);
  }
}
