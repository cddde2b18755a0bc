package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.api.ResourceLimits;
import dev.holdfast.it.harness.AgentClient;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The executor-launchers of an agent, and the process that they come from.
@KernelTest
@Timeout(240)
final class LaunchersTest {
  private static final int MANY = 300;
  private static final ResourceLimits LIMITS = AgentClient.limits(64 << 20, 10);

  @RegisterExtension final Ground ground = new Ground();

  private static String text(int pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file));
    } catch (IOException gone) {
      return "";
    }
  }

  private static int parent(int pid) {
    return Integer.parseInt(
        text(pid, "status")
            .lines()
            .filter(line -> line.startsWith("PPid:"))
            .map(line -> line.substring(5).strip())
            .findFirst()
            .orElse("0"));
  }

  private List<String> cgroups(int pid) {
    return text(pid, "cgroup")
        .lines()
        .map(line -> line.substring(line.lastIndexOf(':') + 1))
        .filter(path -> path.contains(ground.name()))
        .map(path -> path.substring(path.lastIndexOf(ground.name()) + ground.name().length()))
        .distinct()
        .toList();
  }

  /// Zombies, too.
  private static List<Integer> children(int pid) throws IOException {
    try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads
          .map(thread -> text(pid, "task/" + thread.getFileName() + "/children"))
          .flatMap(pids -> Pattern.compile(" ").splitAsStream(pids.strip()))
          .filter(child -> !child.isEmpty())
          .map(Integer::valueOf)
          .toList();
    }
  }

  private String launchSleeper(AgentClient agent, String name) {
    return agent.launch(name, LIMITS, "sleep", "1000");
  }

  private static long descriptors(int pid) throws IOException {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    }
  }

  @Test
  void areBesideTheRunsAndBearTheirNames() {
    AgentClient agent = AgentClient.start(ground);
    String id = launchSleeper(agent, "name");
    int launcher = agent.launcher(id);

    assertThat(cgroups(launcher)).containsExactly("/launchers");
    assertThat(cgroups(parent(launcher))).containsExactly("/launchers");
    assertThat(cgroups(agent.leader(id))).singleElement().asString().endsWith(".name." + id);
    assertThat(text(launcher, "cmdline"))
        .matches("executor-launcher\0[^\0]+\\.name\\." + id + "\0detached\0+");
    assertThat(text(parent(launcher), "cmdline")).matches("executor-launcher\0fork-server\0+");
    agent.clear();
    agent.end();
  }

  @Test
  void comeFromAnotherWhenThatIsKilled() {
    AgentClient agent = AgentClient.start(ground);
    String before = launchSleeper(agent, "before");
    int server = parent(agent.launcher(before));
    assertThat(Processes.kill(server, Signal.KILL)).isTrue();

    String after = launchSleeper(agent, "after");

    assertThat(parent(agent.launcher(after))).isNotEqualTo(server);
    assertThat(agent.client().kill(before, Optional.empty()).count()).isEqualTo(1);
    assertThat(agent.client().inspect(before).verdict()).isEqualTo("killed");
    agent.clear();
    agent.end();
  }

  @Test
  void outliveItAndTheAgent() {
    AgentClient agent = AgentClient.start(ground);
    String id = launchSleeper(agent, "long");
    int launcher = agent.launcher(id);
    int server = parent(launcher);

    agent.die();

    Waiting.until("it has ended", () -> text(server, "cmdline").isEmpty());
    assertThat(cgroups(launcher)).containsExactly("/launchers");
    AgentClient next = AgentClient.start(ground);
    assertThat(next.client().inspect(id).state()).isEqualTo("running");
    assertThat(next.launcher(id)).isEqualTo(launcher);
    String late = launchSleeper(next, "late");
    assertThat(cgroups(next.launcher(late))).containsExactly("/launchers");
    next.clear();
    next.end();
  }

  @Test
  void leaveNothingHoweverMany() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    String first = launchSleeper(agent, "first");
    int server = parent(agent.launcher(first));
    int holder = parent(server);
    long before = descriptors(holder);
    for (int i = 0; i < MANY; i++) {
      String id = agent.launch("run", LIMITS, "true");
      assertThat(agent.client().await(id).get("exit_code").getAsInt()).isZero();
      agent.client().remove(id);
    }

    assertThat(parent(agent.launcher(first))).isEqualTo(server);
    assertThat(descriptors(server)).isEqualTo(4);
    // Clients' sockets come and go.
    assertThat(descriptors(holder)).isLessThan(before + 50);
    Waiting.until(
        "no zombie is left",
        () ->
            children(server).equals(List.of(agent.launcher(first)))
                && children(holder).equals(List.of(server)));
    agent.clear();
    agent.end();
  }
}
