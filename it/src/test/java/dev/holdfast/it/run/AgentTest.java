package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.proc.PidStat;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

  @Test
  void oneThatRanOutOfMemoryUnseenIsToldByWhatIsKnown() throws Exception {
    Agent agent = Agent.start(ground);
    Path gate = ground.file("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    Finished eater =
        agent
            .launch(
                "eater",
                "--memory",
                "64m",
                "sh",
                "-c",
                "read line <'" + gate + "'; exec " + Eater.SHELL)
            .expect(0);
    Path status = ground.runtime().resolve("runs").resolve(eater.out().strip()).resolve("status");
    agent.kill();
    Files.writeString(gate, "go\n");
    Waiting.until("it has ended", () -> Files.exists(status));

    Agent next = Agent.start(ground);

    assertThat(next.ask("explain", "default/eater").expect(0).out())
        .contains("memory at its end: at most 64 MiB of 64 MiB", "the OOM killer ended: ");
    next.end();
  }

  @Test
  void noChildOfAnAgentStaysAZombie() throws Exception {
    Agent agent = Agent.start(ground);
    for (int i = 0; i < 5; i++) {
      agent.launch("long" + i, "sleep", "1000").expect(0);
      agent.launch("short" + i, "true").expect(0);
    }
    ground.run("--agent", "--name", "attached", "true").finish().expect(0);

    Waiting.until("all zombies are reaped", () -> zombies(agent.pid()).isEmpty());
    agent.end();
  }

  private static List<String> zombies(int parent) throws IOException {
    ProcFs proc = ProcFs.system();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .flatMap(pid -> proc.stat(Integer.parseInt(pid)).stream())
          .filter(stat -> stat.ppid() == parent && stat.state() == 'Z')
          .map(PidStat::comm)
          .toList();
    }
  }

  @Test
  void ofALaunchThatCannotBeWrittenDownNothingIsLeft() throws Exception {
    Agent agent = Agent.start(ground);
    agent.launch("before", "true").expect(0);
    agent.ask("wait", "default/before").expect(0);
    // A file, where the next run's sandbox is to be.
    Files.createFile(executors().resolve("refused"));

    Finished refused = agent.launch("refused", "sleep", "1000").expect(125);

    assertThat(refused.err()).contains("cannot write down the run");
    assertThat(ground.runCgroups()).isEmpty();
    assertThat(agent.ask("ps", "-a", "-q").expect(0).out().lines()).hasSize(1);
    agent.launch("after", "true").expect(0);
    assertThat(agent.ask("wait", "default/after").expect(0).out().strip()).isEqualTo("0");
    agent.end();
  }

  private Path executors() throws IOException {
    try (Stream<Path> agents = Files.list(ground.file("state").resolve("slaves"))) {
      return agents.findFirst().orElseThrow().resolve("frameworks/default/executors");
    }
  }

  @Test
  void stoppingOneThatHasEndedIsNoFailureAndKillingItIs() {
    Agent agent = Agent.start(ground);
    agent.launch("short", "sh", "-c", "exit 3").expect(0);
    agent.ask("wait", "default/short").expect(0);

    agent.ask("stop", "default/short").expect(0);
    assertThat(agent.ask("kill", "default/short").expect(125).err()).contains("has ended: exited");
    agent.end();
  }
}
