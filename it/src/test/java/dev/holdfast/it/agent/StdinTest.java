package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.it.harness.Started;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an attached run of an agent reads: the caller's own stdin.
@KernelTest
final class StdinTest {
  @RegisterExtension final Ground ground = new Ground();

  private static void write(Started call, String text) throws IOException {
    OutputStream input = call.input();
    input.write(text.getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  @Test
  void isReadToItsEnd() throws Exception {
    Agent agent = Agent.start(ground);
    Started call = ground.run("sort").fromTest().start();
    write(call, "b\na\n");
    call.closeInput();

    assertThat(call.await().expect(0).out()).isEqualTo("a\nb\n");
    agent.end();
  }

  @Test
  void isReadOverADeathOfTheAgent() throws Exception {
    Agent agent = Agent.start(ground);
    String script = "read -r a; echo got $a; read -r b; echo got $b; read -r c || echo end";
    Started call = ground.run("sh", "-c", script).fromTest().start();
    write(call, "one\n");
    call.awaitOutput("got one");

    agent.kill();
    Agent next = Agent.start(ground);
    write(call, "two\n");
    call.awaitOutput("got two");
    call.closeInput();

    assertThat(call.await().expect(0).out()).isEqualTo("got one\ngot two\nend\n");
    next.end();
  }

  /// As with any command, what was read before is not read again, nor is anything read ahead.
  @Test
  void isAFileAtItsPosition() throws Exception {
    Agent agent = Agent.start(ground);
    Path file = ground.write("lines", "one\ntwo\nthree\n");
    Holdfast call = ground.run("sh", "-c", "read -r line; echo got $line").from(file);

    Finished both = call.behind("sh", "-c", "read -r first; \"$@\"; exec cat", "sh").finish();

    assertThat(both.expect(0).out()).isEqualTo("got two\nthree\n");
    agent.end();
  }

  /// Nobody holds it open behind the run's back.
  @Test
  void isLetGoOfByARunThatClosesIt() throws Exception {
    Agent agent = Agent.start(ground);
    String script = "exec </dev/null; echo closed; sleep 1000";
    Started call =
        ground
            .run("sh", "-c", script)
            .behind("sh", "-c", "{ yes; echo $? >&2; } | \"$@\"", "sh")
            .start();
    call.awaitOutput("closed");

    // Only the client has it now.
    agent.ask("kill", agent.ask("ps", "-q").expect(0).out().strip()).expect(0);
    assertThat(call.await().err()).contains("141");
    agent.end();
  }

  @Test
  void ofADetachedRunIsEmpty() throws Exception {
    Agent agent = Agent.start(ground);
    agent.launch("cat", "sh", "-c", "cat; echo end").expect(0);

    agent.ask("wait", "default/cat").expect(0);
    assertThat(agent.ask("logs", "default/cat").expect(0).out()).isEqualTo("end\n");
    agent.end();
  }
}
