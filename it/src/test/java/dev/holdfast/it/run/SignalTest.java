package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.KernelTest;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent to the Holdfast process reaches the command.
@KernelTest
final class SignalTest {
  private static final String WAIT = "echo ready; while :; do sleep 0.1; done";

  @RegisterExtension final Ground ground = new Ground();

  @ParameterizedTest
  @ValueSource(strings = {"INT", "HUP", "USR1", "WINCH"})
  void isForwardedToTheCommandsHandler(String name) {
    Started call = startWith("trap 'echo got " + name + "; exit 7' " + name + "; " + WAIT);

    call.signal(Signal.parse(name).orElseThrow());

    assertThat(call.await().expect(7).out()).isEqualTo("ready\ngot " + name + "\n");
    // The shell may tell of its own sleep's end.
    assertThat(call.err()).doesNotContain("holdfast");
  }

  @Test
  void endsACommandWithoutAHandler() {
    Started call = startWith(WAIT);

    call.signal(Signal.INT);

    Finished run = call.await().expect(130);
    assertThat(run.errLines()).contains("holdfast: default/sh was ended by SIGINT");
    assertThat(run.verdict().text("verdict")).isEqualTo("signaled");
    assertThat(run.verdict().text("signal")).isEqualTo("SIGINT");
  }

  @Test
  void secondInterruptStopsTheRun() {
    Started call =
        startWith("trap 'echo interrupted' INT; trap 'echo asked; exit 9' TERM; " + WAIT);

    call.signal(Signal.INT).awaitOutput("interrupted");
    call.signal(Signal.INT);

    Finished run = call.await().expect(9);
    assertThat(run.out()).isEqualTo("ready\ninterrupted\nasked\n");
    assertThat(run.verdict().text("verdict")).isEqualTo("killed");
    assertThat(run.verdict().text("by")).isEqualTo("SIGINT");
  }

  @Test
  void thirdInterruptKillsTheRun() {
    Started call = startWith("trap 'echo interrupted' INT; trap 'echo asked' TERM; " + WAIT);

    call.signal(Signal.INT).awaitOutput("interrupted");
    call.signal(Signal.INT).awaitOutput("asked");
    call.signal(Signal.INT);

    assertThat(call.await().expect(137).verdict().text("verdict")).isEqualTo("killed");
  }

  @Test
  void termStopsTheRun() {
    Started call = startWith("trap 'echo asked; exit 5' TERM; " + WAIT);

    call.signal(Signal.TERM);

    Finished run = call.await().expect(5);
    assertThat(run.out()).isEqualTo("ready\nasked\n");
    assertThat(run.verdict().text("verdict")).isEqualTo("killed");
    assertThat(run.verdict().text("by")).isEqualTo("SIGTERM");
    assertThat(run.errLines()).contains("holdfast: default/sh was ended: SIGTERM");
  }

  @Test
  void termEndsACommandWithoutAHandler() {
    Started call = startWith(WAIT);

    call.signal(Signal.TERM);

    call.await().expect(143);
  }

  @Test
  void thatCameAtOnceIsForwarded() {
    // From the command's first breath: Holdfast must be ready for it before the command runs.
    String script = "trap 'exit 7' INT; kill -INT $HOLDER; " + WAIT;
    Finished run =
        ground.run("-e", "HOLDER", "sh", "-c", script).after("export HOLDER=$$").finish();

    run.expect(7);
  }

  @Test
  void ignoredByTheCallerIsIgnored() {
    Started call =
        ground
            .run("sh", "-c", "trap 'exit 7' HUP; echo ready; read -r line; exit 3")
            .after("trap '' HUP")
            .fromTest()
            .start()
            .awaitOutput("ready");

    call.signal(Signal.HUP);

    call.closeInput().await().expect(3);
  }

  @Test
  void tstpPausesAndContGoesOn() {
    Path count = ground.file("count");
    String script = "echo ready; while :; do echo >>count; sleep 0.01; done";
    Started call = startWith(script);

    call.signal(Signal.TSTP);
    Waiting.until("Holdfast is stopped", () -> call.state() == 'T');
    Waiting.until("the run stands still", () -> isQuiet(count));

    call.signal(Signal.CONT);
    long before = size(count);
    Waiting.until("the run goes on", () -> size(count) > before);
    call.signal(Signal.TERM).await().expect(143);
  }

  /// For a tenth of a second, in which the command would count to ten.
  private static boolean isQuiet(Path count) {
    long before = size(count);
    AtomicLong looks = new AtomicLong();
    Waiting.until("we have looked long enough", () -> looks.incrementAndGet() > 20);
    return size(count) == before;
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  /// With default actions, whatever those of the tests' caller are: a shell ignores SIGINT for what
  /// it has in the background.
  private Started startWith(String script) {
    return ground
        .run("sh", "-c", script)
        .behind("env", "--default-signal")
        .withVerdict()
        .start()
        .awaitOutput("ready");
  }
}
