package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.it.harness.Started;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A run that is started from a terminal. The terminal is script(1)'s.
@AnyLayout
@KernelTest
final class TerminalTest {
  private static final char CTRL_C = 3;

  @RegisterExtension final Ground ground = new Ground();

  @BeforeAll
  static void needsATerminal() {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "script(1) makes the terminal");
  }

  @Test
  void isTheCommandsOwn() {
    String script = "test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM";
    Finished call =
        start("stty rows 12 cols 34; export TERM=vt100", ground.run("sh", "-c", script))
            .await()
            .expect(0);

    assertThat(call.out()).isEqualTo("12 34\r\nvt100\r\n");
  }

  @Test
  void keepsItsSettings() {
    Holdfast run = ground.run("true");
    String before = "stty -g >before";
    String after = "; code=$?; stty -g >after; exit $code";
    startShell(before + "; " + run.shellWords() + after).await().expect(0);

    assertThat(ground.file("after")).hasSameTextualContentAs(ground.file("before"));
  }

  @Test
  void interruptKeyReachesTheCommand() {
    String script = "trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.1; done";
    Started call = start(":", ground.run("sh", "-c", script)).awaitOutput("ready");

    type(call, "" + CTRL_C);

    assertThat(call.await().expect(7).out()).contains("interrupted");
  }

  @Test
  void whatIsTypedReachesTheCommand() {
    Started call =
        start("stty -echo", ground.run("sh", "-c", "echo ready; read -r line; echo \"<$line>\""))
            .awaitOutput("ready");

    type(call, "grüße\n");

    assertThat(call.await().expect(0).out()).contains("<grüße>");
  }

  @Test
  void showsAStatusLineAfterAWhile() {
    Holdfast run = ground.run("--memory", "64m", "--pids-limit", "9", "sleep", "4.5");
    Finished call = start("stty rows 24 cols 120; export TERM=vt100", run).await().expect(0);

    assertThat(call.out()).contains("holdfast default/sleep", "cpu ", " of 64 MiB", "pids 1");
    // The scrolling region is given back.
    assertThat(call.out()).contains("\033[1;23r").contains("\033[1;24r");
  }

  @Test
  void showsNoStatusLineWhereThereIsNoTerminal() {
    Finished run = ground.run("sleep", "3.5").finish().expect(0);

    assertThat(run.out() + run.err()).isEmpty();
  }

  @Test
  void showsNoColourToWhoWantsNone() {
    Holdfast run = ground.run(Eater.with("--memory", "32m"));
    String plain = start("export TERM=vt100 NO_COLOR=1", run).await().expect(137).out();
    String coloured = start("export TERM=vt100; unset NO_COLOR", run).await().expect(137).out();

    assertThat(plain).contains("out of memory").doesNotContain("\033");
    assertThat(coloured).contains("\033[1;31mout of memory\033[0m");
  }

  private Started start(String before, Holdfast call) {
    return startShell(before + "; exec " + call.shellWords());
  }

  /// script(1) gives its own stdin to the terminal, and its status is the command's.
  private Started startShell(String commands) {
    return ground.run().fromTest().start("script", "-qefc", commands, "/dev/null");
  }

  private static void type(Started call, String text) {
    try {
      call.input().write(text.getBytes(StandardCharsets.UTF_8));
      call.input().flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
