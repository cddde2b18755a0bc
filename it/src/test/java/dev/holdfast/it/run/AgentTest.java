package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Runs that outlive their agent.
@KernelTest
final class AgentTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  void killedLosesNoRunAndNoExitStatus() {
    Agent agent = Agent.start(ground);
    agent.launch("long", "--memory", "64m", "sh", "-c", "echo begun; sleep 1000").expect(0);
    agent.launch("short", "sh", "-c", "sleep 2; exit 7").expect(0);
    agent.launch("eater", Eater.with("--memory", "64m", "--")).expect(0);
    agent.kill();

    Agent next = Agent.start(ground);

    assertThat(next.ask("wait", "default/short").expect(0).out().strip()).isEqualTo("7");
    assertThat(next.ask("wait", "default/eater").expect(0).out().strip()).isEqualTo("137");
    assertThat(next.ask("explain", "default/eater").expect(0).out()).contains("ran out of memory");
    assertThat(next.ask("logs", "default/long").expect(0).out()).isEqualTo("begun\n");
    assertThat(next.ask("ps", "-q").expect(0).out().lines()).hasSize(1);
    next.end();
  }
}
