package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Host;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An agent that gives out CPUs themselves, as the seed's does with `cpuset`. What is in its ledger
/// is told by what the next run gets.
@KernelTest
final class PinnedTest {
  private static final int CPUS = Host.onlineCpus();

  @RegisterExtension final Ground ground = new Ground();

  private Agent start() {
    return Agent.start(ground, "--cgroups_subsystems=cpuset,memory", "--resources", "cpus:" + CPUS);
  }

  private CpuSet cpus(String run) throws IOException {
    return CpuSet.parse(Files.readString(ground.control(run, "cpuset.cpus")).strip());
  }

  private static void sleep(Agent agent, String name, String cpus) {
    agent.launch(name, "--cpus", cpus, "sleep", "1000").expect(0);
  }

  /// The seed's ledger leaked what a run had held, and its agent aborted on the last of these.
  @Test
  void oneRunMoreThanThereAreCpusIsNoMatterOneAfterTheOther() throws IOException {
    Agent agent = start();
    for (int i = 0; i <= CPUS; i++) {
      agent.launch("run" + i, "--cpus", "1", "true").expect(0);
      assertThat(agent.ask("wait", "default/run" + i).expect(0).out().strip()).isEqualTo("0");
    }
    sleep(agent, "all", Integer.toString(CPUS));
    assertThat(cpus("all").size()).isEqualTo(CPUS);
    agent.end();
  }

  @Test
  void afterARestartTheLedgerIsWhatTheKernelSays() throws IOException {
    assumeTrue(CPUS >= 2, "needs two CPUs");
    Agent agent = start();
    sleep(agent, "a", "1.5");
    sleep(agent, "b", "0.5");
    CpuSet both = cpus("a");
    CpuSet shared = cpus("b");
    assertThat(both.size()).isEqualTo(2);
    assertThat(both.ids()).containsAll(shared.ids());
    agent.kill();

    Agent next = start();

    assertThat(cpus("a")).isEqualTo(both);
    assertThat(cpus("b")).isEqualTo(shared);
    // a gives up its half of the CPU that it shares: the smallest share goes first.
    next.ask("update", "--cpus", "1", "default/a").expect(0);
    assertThat(cpus("a")).isEqualTo(both.minus(shared));
    sleep(next, "c", "0.5");
    assertThat(cpus("c")).isEqualTo(shared);
    next.ask("kill", "default/a").expect(0);
    sleep(next, "d", "1");
    assertThat(cpus("d")).isEqualTo(both.minus(shared));
    next.end();
  }

  @Test
  void aRunGrowsAndShrinksWhileItLives() throws IOException {
    assumeTrue(CPUS >= 2, "needs two CPUs");
    Agent agent = start();
    sleep(agent, "a", "0.5");
    CpuSet first = cpus("a");
    assertThat(first.size()).isEqualTo(1);
    agent.ask("update", "--cpus", "2", "default/a").expect(0);
    assertThat(cpus("a").size()).isEqualTo(2);
    agent.ask("update", "--cpus", "0.5", "default/a").expect(0);
    assertThat(cpus("a")).isEqualTo(first);
    agent.end();
  }

  @Test
  void whatSomebodyElseWritesIsSetAgain() throws IOException {
    assumeTrue(CPUS >= 2, "needs two CPUs");
    Agent agent = start();
    sleep(agent, "a", "1");
    CpuSet own = cpus("a");
    Files.writeString(ground.control("a", "cpuset.cpus"), "0-1");
    Waiting.until("it is set again", () -> cpus("a").equals(own));
    agent.end();
  }

  @Test
  void moreCpusThanTheRootMayUseAreRefused() {
    Finished agent =
        Agent.call(
                ground,
                "--cgroups-subsystems",
                "cpuset,memory",
                "--resources",
                "cpus:" + (CPUS + 1))
            .finish()
            .expect(1);

    assertThat(agent.errLines()).hasSize(1);
    assertThat(agent.err())
        .contains(CPUS + 1 + " cpus to pin are more than", ground.name(), "(" + CPUS + ")");
    assertThat(ground.cgroups()).isEmpty();
  }
}
