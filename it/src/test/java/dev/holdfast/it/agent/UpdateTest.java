package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an update may change, and what it says that it would.
@KernelTest
final class UpdateTest {
  private static final String RUN = "default/it";

  @RegisterExtension final Ground ground = new Ground();

  private Agent start(String... flags) {
    Agent agent = Agent.start(ground, flags);
    agent.launch("it", "--cpus", "0.5", "--memory", "64m", "sleep", "1000").expect(0);
    return agent;
  }

  private static Finished update(Agent agent, String options) {
    return agent.ask(("update " + options + " " + RUN).split(" ", -1));
  }

  private static JsonObject limits(Agent agent) {
    return agent.inspect("it").json().getAsJsonObject("limits");
  }

  /// One that would be refused is no plan.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cpuset-cpus 99",
        "--cpu-mode quota --cpu-burst 9s",
        "--pids-limit 99999999999",
        "--memory-swap 32m",
      })
  void aDryRunRefusesWhatTheUpdateWould(String options) {
    assertRefused(options);
  }

  /// In one hierarchy a run is under every controller.
  @Test
  @KernelTest({KernelLayout.HYBRID, KernelLayout.V2})
  void aDryRunRefusesToPinARunThatIsNotUnderCpuset() {
    assertRefused("--cpu-mode pinned");
  }

  private void assertRefused(String options) {
    Agent agent = start();
    JsonObject before = limits(agent);

    Finished real = update(agent, options).expect(125);
    Finished dry = update(agent, options + " --dry-run").expect(125);

    assertThat(dry.err()).isEqualTo(real.err());
    assertThat(limits(agent)).isEqualTo(before);
    agent.end();
  }

  @Test
  void whoMayNotSwapGetsMoreMemory() {
    Agent agent = start("--cgroups-limit-swap");

    update(agent, "--memory 128m").expect(0);

    assertThat(limits(agent).get("memory_bytes").getAsLong()).isEqualTo(128L << 20);
    agent.end();
  }
}
