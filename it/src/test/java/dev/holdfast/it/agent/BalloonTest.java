package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.VerdictDocument;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.testkit.KernelTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Mesos' own trial of its isolator: an executor grows by 64 MB at a time towards 1 GB on an agent
/// that has 96.
@KernelTest
final class BalloonTest {
  private static final String BALLOON =
      "$| = 1; $step = 64 << 20; for $i (1 .. 16) { print \"$i\\n\"; $x .= 'x' x $step }";

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void growsOverItsLimitAndHurtsNobodyElse() {
    Agent agent = Agent.start(ground, "--resources", "cpus:1;mem:96");
    String echo = "trap 'echo alive' USR1; echo begun; while :; do sleep 0.1; done";
    agent.launch("other", "--cpus", "0.5", "--memory", "32m", "sh", "-c", echo).expect(0);
    agent.launch("balloon", "--cpus", "0.5", "--memory", "64m", "perl", "-e", BALLOON).expect(0);

    assertThat(agent.ask("wait", "default/balloon").expect(0).out().strip()).isEqualTo("137");
    VerdictDocument outcome = agent.inspect("balloon").part("outcome");
    assertThat(outcome.text("verdict")).isEqualTo("out_of_memory");
    assertThat(outcome.text("scope")).isEqualTo("own_limit");
    assertThat(outcome.count("report.limit_bytes")).isEqualTo(64 << 20);
    assertThat(agent.ask("logs", "default/balloon").expect(0).out()).isEqualTo("1\n");

    assertThat(agent.isAlive()).isTrue();
    agent.ask("kill", "-s", "USR1", "default/other").expect(0);
    Path output = Path.of(agent.inspect("other").text("sandbox"), "stdout");
    Waiting.until(
        "the other executor answers", () -> Files.readString(output).equals("begun\nalive\n"));
    agent.launch("next", "--cpus", "0.5", "--memory", "64m", "true").expect(0);
    assertThat(agent.ask("wait", "default/next").expect(0).out().strip()).isEqualTo("0");
    agent.end();
  }
}
