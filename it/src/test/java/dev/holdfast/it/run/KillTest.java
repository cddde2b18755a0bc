package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.VerdictDocument;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whatever a run does, nothing of it outlives it. That nothing does is for [Ground] to look after.
@KernelTest
final class KillTest {
  private static final int MOST_SECONDS = 30;

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void endsAForkBomb() {
    // The last command must not need a fork.
    String bomb = "b() { b | b & }; b 2>/dev/null; exec sleep 1000";
    VerdictDocument verdict =
        ground
            .run("--pids-limit", "200", "--timeout", "3s", "--stop-timeout", "1s", "sh", "-c", bomb)
            .withVerdict()
            .finish()
            .expect(124)
            .verdict();

    assertReceipt(verdict);
    assertThat(verdict.text("verdict")).isEqualTo("timed_out");
  }

  @Test
  void endsDaemonsThatLeftTheSession() {
    // fork, setsid, fork again: the textbook's daemon, whose parents are gone.
    String script = "(setsid sh -c '(sleep 1000 </dev/null >/dev/null 2>&1 &) &' &) ; sleep 2";
    Finished run = ground.run("sh", "-c", script).withVerdict().finish().expect(0);

    assertThat(run.err()).contains("holdfast: killed 1 process of default/sh in", "sleep (");
    VerdictDocument verdict = run.verdict();
    assertThat(verdict.text("verdict")).isEqualTo("exited");
    assertReceipt(verdict);
    assertThat(verdict.count("kill.count")).isEqualTo(1);
    assertThat(verdict.parts("kill.processes").getFirst().text("name")).isEqualTo("sleep");
  }

  @Test
  void killsWhatIgnoresTheRequestToEnd() {
    String script = "trap '' TERM; while :; do sleep 0.1; done";
    VerdictDocument verdict =
        ground
            .run("--timeout", "3s", "--stop-timeout", "1s", "sh", "-c", script)
            .withVerdict()
            .finish()
            .expect(124)
            .verdict();

    assertThat(verdict.number("wall_seconds")).isGreaterThan(3.9);
    assertReceipt(verdict);
  }

  @Test
  void asksBeforeItKills() {
    String script = "trap 'echo asked; exit 5' TERM; while :; do sleep 0.1; done";
    Finished run =
        ground.run("--timeout", "3s", "sh", "-c", script).withVerdict().finish().expect(124);

    assertThat(run.out()).isEqualTo("asked\n");
    assertThat(run.verdict().number("wall_seconds")).isLessThan(11);
  }

  @Test
  void asksDaemonsToo() {
    String daemon = "trap \"echo asked >asked; exit\" TERM; while :; do sleep 0.1; done";
    String script = "setsid sh -c '" + daemon + "' & trap '' TERM; sleep 1000; sleep 2";
    ground.run("--timeout", "3s", "--stop-timeout", "2s", "sh", "-c", script).finish().expect(124);

    assertThat(ground.file("asked")).hasContent("asked");
  }

  @Test
  void endsWhatIsStopped() {
    String script = "sleep 1000 & kill -STOP $!; kill -STOP $$";
    VerdictDocument verdict =
        ground
            .run("--timeout", "1s", "--stop-timeout", "20s", "sh", "-c", script)
            .withVerdict()
            .finish()
            .expect(124)
            .verdict();

    // Not by the kill: the request reaches them, too.
    assertThat(verdict.number("wall_seconds")).isLessThan(15);
  }

  @Test
  void endsAThousandSleepers() {
    String script = "i=0; while [ $i -lt 1000 ]; do sleep 1000 & i=$((i+1)); done; exit 3";
    Finished run = ground.run("sh", "-c", script).withVerdict().finish().expect(3);

    VerdictDocument verdict = run.verdict();
    assertReceipt(verdict);
    assertThat(verdict.count("kill.count")).isEqualTo(1000);
    assertThat(verdict.parts("kill.processes")).hasSize(64);
    assertThat(run.err()).contains("killed 1000 processes", "and 995 more");
  }

  /// The seed signalled each of its threads.
  @Test
  void countsAProcessOnceHoweverManyThreadsItHas() {
    String script = ManyThreads.shell("there") + " & until [ -e there ]; do sleep 0.1; done";
    Finished run = ground.run("sh", "-c", script).withVerdict().finish().expect(0);

    VerdictDocument verdict = run.verdict();
    assertReceipt(verdict);
    assertThat(verdict.count("kill.count")).isEqualTo(1);
    assertThat(verdict.parts("kill.processes")).hasSize(1);
  }

  @Test
  void endsAThrottledRun() {
    String script = "i=0; while [ $i -lt 50 ]; do (while :; do :; done) & i=$((i+1)); done; wait";
    VerdictDocument verdict =
        ground
            .run(
                "--cpus",
                "0.01",
                "--cpu-mode",
                "quota",
                "--timeout",
                "3s",
                "--stop-timeout",
                "0s",
                "sh",
                "-c",
                script)
            .withVerdict()
            .finish()
            .expect(124)
            .verdict();

    assertReceipt(verdict);
  }

  @Test
  void endsWhatHidesInACgroupOfItsOwn() {
    String script =
        """
        line=$(grep -E '^[0-9]+:([^:]*,)?memory[,:]' /proc/self/cgroup || cat /proc/self/cgroup)
        mount=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2 }' /proc/mounts)
        d=${mount:-/sys/fs/cgroup}${line#*:*:}
        make() {
          mkdir $1
          for file in ${mount:+cpuset.cpus cpuset.mems}; do
            [ ! -e $1/$file ] || cat $1/../$file >$1/$file
          done
        }
        make $d/own && make $d/own/deeper && echo $$ >$d/own/deeper/cgroup.procs && echo inside
        sleep 1000 & exit 0\
        """;
    Finished run = ground.run("sh", "-c", script).withVerdict().finish().expect(0);

    assertThat(run.out()).isEqualTo("inside\n");
    assertReceipt(run.verdict());
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void endsWhatHasLeftTheUnifiedTree() {
    String script =
        "echo $$ >/sys/fs/cgroup/unified/cgroup.procs && echo outside; sleep 1000 & exit 0";
    Finished run = ground.run("sh", "-c", script).withVerdict().finish().expect(0);

    assertThat(run.out()).isEqualTo("outside\n");
    assertReceipt(run.verdict());
  }

  private static void assertReceipt(VerdictDocument verdict) {
    assertThat(verdict.count("kill.count")).isPositive();
    assertThat(verdict.text("kill.mechanism")).isIn("cgroup.kill", "freezer");
    assertThat(verdict.number("kill.seconds")).isBetween(0.0, (double) MOST_SECONDS);
    assertThat(verdict.parts("kill.processes")).isNotEmpty();
    assertThat(verdict.is("cleanup.ok")).isTrue();
  }
}
