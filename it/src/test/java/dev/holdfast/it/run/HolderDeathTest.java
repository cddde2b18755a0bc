package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The Holdfast process is killed: its run ends with it, by the launcher's hand.
@KernelTest
final class HolderDeathTest {
  private static final String POLITE =
      "trap 'echo bye >asked; exit 7' TERM; echo ready; while :; do sleep 0.1; done";

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void endsTheRunPolitely() throws IOException {
    Started call = ground.run("sh", "-c", POLITE).start().awaitOutput("ready");

    call.signal(Signal.KILL).await().expect(137);

    awaitTheEnd();
    assertThat(ground.file("asked")).hasContent("bye");
    assertThat(ground.takeStatus()).contains("wait_status " + (7 << 8));
  }

  @Test
  void killsWhatIgnoresTheRequestAfterTheStopTimeout() throws IOException {
    String script = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
    Started call =
        ground.run("--stop-timeout", "1s", "sh", "-c", script).start().awaitOutput("ready");

    long killed = System.nanoTime();
    call.signal(Signal.KILL).await();
    awaitTheEnd();

    assertThat(Duration.ofNanos(System.nanoTime() - killed))
        .isBetween(Duration.ofMillis(900), Duration.ofSeconds(30));
    assertThat(ground.takeStatus()).contains("wait_status " + Signal.KILL.number());
  }

  @Test
  void endsDaemonsAndTheStopped() throws IOException {
    String script =
        "setsid sh -c '(sleep 1000 &) &' & sleep 1000 & kill -STOP $!; echo ready; wait";
    Started call = ground.run("sh", "-c", script).start().awaitOutput("ready");

    call.signal(Signal.KILL).await();

    awaitTheEnd();
    assertThat(ground.takeStatus()).contains("wait_status " + Signal.TERM.number());
  }

  @Test
  void endsAThousandSleepers() throws IOException {
    String script =
        "i=0; while [ $i -lt 1000 ]; do sleep 1000 & i=$((i+1)); done; echo ready; wait";
    Started call =
        ground.run("--stop-timeout", "0s", "sh", "-c", script).start().awaitOutput("ready");

    call.signal(Signal.KILL).await();

    awaitTheEnd();
    ground.takeStatus();
  }

  @Test
  void endsAForkBomb() throws IOException {
    String bomb = "b() { b | b & }; b 2>/dev/null; echo ready; exec sleep 1000";
    Started call =
        ground
            .run("--pids-limit", "200", "--stop-timeout", "1s", "sh", "-c", bomb)
            .start()
            .awaitOutput("ready");

    call.signal(Signal.KILL).await();

    awaitTheEnd();
    ground.takeStatus();
  }

  @Test
  void endsAPausedRun() throws IOException {
    Started call = ground.run("sh", "-c", POLITE).start().awaitOutput("ready");
    call.signal(Signal.TSTP);
    Waiting.until("it stands still", () -> call.state() == 'T');

    call.signal(Signal.KILL).await();

    awaitTheEnd();
    assertThat(ground.file("asked")).hasContent("bye");
    ground.takeStatus();
  }

  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void givesARunAtItsMemoryLimitBackToTheKernel() throws IOException {
    String script =
        "trap 'echo bye >asked; exit 7' TERM; echo ready; read -r line; "
            + Eater.SHELL
            + "; while :; do sleep 0.1; done";
    Started call =
        ground.run("--memory", "64m", "sh", "-c", script).fromTest().start().awaitOutput("ready");
    Path control = ground.control("memory.oom_control");
    assertThat(control).content().contains("oom_kill_disable 1");
    // Stopped, it cannot act on what it will be told.
    call.signal(Signal.STOP);
    Waiting.until("it is stopped", () -> call.state() == 'T');
    call.closeInput();
    Waiting.until("it is at its limit", () -> Files.readString(control).contains("under_oom 1"));

    call.signal(Signal.KILL);

    // 100 ms on a machine that is not as busy as one that tests. At the latest the launcher itself
    // would do it after 5 s.
    Waiting.within(Duration.ofSeconds(4), "the kernel's killer is on", () -> isOnOrGone(control));
    call.await();
    awaitTheEnd();
    assertThat(ground.file("asked")).hasContent("bye");
    assertThat(ground.takeStatus()).contains("wait_status " + (7 << 8));
  }

  /// Alive, but nobody hears what is told to it.
  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void insteadOfWhichStandingStillLeavesARunAtItsLimitToTheKernel() {
    String script = "echo ready; read -r line; " + Eater.SHELL;
    Started call =
        ground
            .run("--memory", "64m", "sh", "-c", script)
            .withVerdict()
            .fromTest()
            .start()
            .awaitOutput("ready");
    Path control = ground.control("memory.oom_control");
    assertThat(control).content().contains("oom_kill_disable 1");
    call.signal(Signal.STOP);
    Waiting.until("it is stopped", () -> call.state() == 'T');

    call.closeInput();

    Waiting.until("the kernel's killer is on", () -> isOnOrGone(control));
    call.signal(Signal.CONT);
    assertThat(call.await().expect(137).verdict().text("verdict")).isEqualTo("out_of_memory");
  }

  private static boolean isOnOrGone(Path control) throws IOException {
    try {
      return Files.readString(control).contains("oom_kill_disable 0");
    } catch (NoSuchFileException gone) {
      return true;
    } catch (IOException going) {
      return !Files.exists(control);
    }
  }

  /// Before there is a launcher nobody is left to clean up; the next run does.
  @Test
  void atAnyMomentOfTheLaunchLeavesNothingForLong() throws IOException {
    for (int millis = 0; millis <= 300; millis += 15) {
      Started call = ground.run("--memory", "64m", "sleep", "1000").start();
      LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
      call.signal(Signal.KILL).await();
    }
    Waiting.until("no process is left", () -> ground.processes().isEmpty());

    ground.run("--memory", "64m", "true").finish().expect(0);

    assertThat(ground.cgroups()).isEmpty();
    ground.forgetRuns();
  }

  /// The other way round: without its launcher the leader has nobody to tell its status.
  @Test
  void ofTheLauncherIsALostRun() throws IOException {
    Started call = ground.run("sh", "-c", POLITE).withVerdict().start().awaitOutput("ready");
    List<String> pids = Files.readAllLines(ground.onlyRunDirectory().resolve("pids"));
    int launcher = Integer.parseInt(pids.getFirst().split(" ", -1)[1]);
    assertThat(pids.getFirst()).startsWith("launcher ");

    assertThat(Processes.kill(launcher, Signal.KILL)).isTrue();

    assertThat(call.await().expect(125).verdict().text("verdict")).isEqualTo("lost");
    assertThat(call.err()).contains("holdfast: default/sh was lost:");
  }

  /// A launcher that removes the root has left it, and bears no name of the test's any more.
  private void awaitTheEnd() {
    Waiting.until("no process is left", () -> ground.processes().isEmpty());
    Waiting.until("no cgroup is left", () -> ground.cgroups().isEmpty());
  }
}
