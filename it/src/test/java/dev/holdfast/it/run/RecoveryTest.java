package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.it.harness.AgentClient;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an agent finds that comes after one that has died, was stopped, or could not write.
@KernelTest
@Timeout(240)
final class RecoveryTest {
  private static final int MANY = 200;
  private static final long MEBIBYTE = 1 << 20;
  private static final ResourceLimits LIMITS = AgentClient.limits(64 * MEBIBYTE, 10);
  private static final String OTHER_BOOT = "00000000-0000-4000-8000-00000000000f\n";

  @RegisterExtension final Ground ground = new Ground();

  /// Goes on once [#open] is called.
  private String[] gated(String gate, String then) throws Exception {
    Path fifo = ground.file(gate);
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    return new String[] {"sh", "-c", "read line <'" + fifo + "'; " + then};
  }

  private void open(String gate) throws IOException {
    Files.writeString(ground.file(gate), "go\n");
  }

  private static List<String> launch(AgentClient agent, int count) {
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(
            i -> agent.launch("w" + i, LIMITS, "sh", "-c", "echo hello " + i + "; exec sleep 1000"))
        .toList();
  }

  private static void assertAlive(AgentClient agent, List<String> ids) {
    assertThat(agent.client().list(false, Optional.empty()))
        .allSatisfy(run -> assertThat(run.state()).isEqualTo("running"))
        .extracting(ExecutorInfo::id)
        .containsExactlyInAnyOrderElementsOf(ids);
    for (int i = 0; i < ids.size(); i++) {
      assertThat(agent.stdout(ids.get(i))).isEqualTo("hello " + i + "\n");
    }
  }

  @Test
  void allOfManyRunsAreThereAfterItsDeathAndTheEndedTellHow() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    List<String> ids = launch(agent, MANY);
    String exits = agent.launch("exits", LIMITS, gated("exit", "exit 7"));
    String signaled = agent.launch("signaled", LIMITS, gated("signal", "kill -USR1 $$"));
    String eats = agent.launch("eats", LIMITS, gated("eat", "exec " + Eater.SHELL));
    agent.die();
    for (String gate : List.of("exit", "signal", "eat")) {
      open(gate);
    }
    List.of(exits, signaled, eats).forEach(agent::awaitStatus);

    AgentClient next = AgentClient.start(ground);

    assertAlive(next, ids);
    assertThat(next.client().await(exits).get("exit_code").getAsInt()).isEqualTo(7);
    assertThat(next.client().await(signaled).get("signal").getAsString()).isEqualTo("SIGUSR1");
    assertThat(next.client().await(eats).get("verdict").getAsString()).isEqualTo("out_of_memory");
    for (String id : ids) {
      Waiting.until("it is measured", () -> !next.client().history(id).isEmpty());
    }
    next.client().update(ids.getFirst(), AgentClient.limits(48 * MEBIBYTE, 7), false);
    assertThat(ground.control("w0", "pids.max")).hasContent("7");
    next.clear();
    next.end();
  }

  @Test
  void anEndInPeaceIsNoEndOfRuns() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    List<String> ids = launch(agent, 3);
    String exits = agent.launch("exits", LIMITS, gated("exit", "exit 7"));
    agent.end();
    open("exit");
    agent.awaitStatus(exits);

    AgentClient next = AgentClient.start(ground);

    assertAlive(next, ids);
    assertThat(next.client().await(exits).get("exit_code").getAsInt()).isEqualTo(7);
    next.clear();
    next.end();
  }

  @Test
  void oneThatStoodStillHearsWhatHasHappened() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    List<String> ids = launch(agent, 3);
    String exits = agent.launch("exits", LIMITS, gated("exit", "exit 7"));
    String eats = agent.launch("eats", LIMITS, gated("eat", "exec " + Eater.SHELL));
    agent.signal(Signal.STOP);
    open("exit");
    open("eat");
    agent.awaitStatus(exits);
    // Nobody acts on it: after five seconds it is left to the kernel.
    agent.awaitStatus(eats);
    agent.signal(Signal.CONT);

    assertThat(agent.client().await(exits).get("exit_code").getAsInt()).isEqualTo(7);
    assertThat(agent.client().await(eats).get("verdict").getAsString()).isEqualTo("out_of_memory");
    assertAlive(agent, ids);
    agent.clear();
    agent.end();
  }

  @Test
  void aTornLastFileLosesNoRun() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    List<String> ids = launch(agent, 3);
    // What is torn is made up for by the durable tree, which is some milliseconds behind.
    Waiting.until("all are written down", () -> count("spec.json") == 3);
    agent.die();
    for (String file : List.of("pids", "checkpoint.json")) {
      Path torn = newest(file);
      Files.write(torn, java.util.Arrays.copyOf(Files.readAllBytes(torn), 9));
    }

    AgentClient next = AgentClient.start(ground);

    assertAlive(next, ids);
    next.clear();
    next.end();
  }

  private long count(String name) throws IOException {
    try (var files = Files.walk(AgentClient.state(ground).resolve("meta"))) {
      return files.filter(it -> it.endsWith(name)).count();
    } catch (java.io.UncheckedIOException writtenMeanwhile) {
      return 0;
    }
  }

  private Path newest(String name) throws IOException {
    try (var files = Files.walk(ground.runtime().resolve("runs"))) {
      return files
          .filter(it -> it.endsWith(name))
          .max(Comparator.comparingLong(it -> it.toFile().lastModified()))
          .orElseThrow();
    }
  }

  @Test
  void aFullWorkDirectoryLosesNoOutcome() throws Exception {
    Path state = AgentClient.state(ground);
    String mount = "mkdir -p '" + state + "'\nmount -t tmpfs -o size=1m none '" + state + "'";
    AgentClient agent = AgentClient.start(ground, AgentClient.call(ground).afterMounting(mount));
    List<String> ids = launch(agent, 3);
    String exits = agent.launch("exits", LIMITS, gated("exit", "exit 7"));
    int leader = agent.leader(ids.getFirst());
    Path fill = Path.of("/proc/" + leader + "/root" + state + "/fill");
    fill(fill);
    UnaryOperator<AgentClient> replace =
        before -> {
          before.die();
          String space = "--mount=/proc/" + leader + "/ns/mnt";
          return AgentClient.start(ground, AgentClient.call(ground).behind("nsenter", space, "--"));
        };
    open("exit");
    assertThat(agent.client().await(exits).get("exit_code").getAsInt()).isEqualTo(7);

    AgentClient next = replace.apply(replace.apply(agent));

    assertThat(next.client().await(exits).get("exit_code").getAsInt()).isEqualTo(7);
    assertThat(next.client().list(false, Optional.empty())).hasSize(3);
    Waiting.until(
        "it is told what is still to be written",
        () ->
            next.client().info().pending().stream()
                .anyMatch(it -> it.contains("could not be written")));
    Files.delete(fill);
    Waiting.until("it is written", () -> next.client().info().pending().isEmpty());
    next.clear();
    next.end();
  }

  private static void fill(Path file) {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(file).exists();
    }
  }

  @Test
  void nothingOfAnEarlierBootIsSignalledByAnyAgent() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    List<String> ids = launch(agent, 3);
    List<Integer> leaders = new ArrayList<>();
    ids.forEach(id -> leaders.add(agent.leader(id)));
    agent.die();
    Files.writeString(ground.runtime().resolve("boot_id"), OTHER_BOOT);
    Files.writeString(AgentClient.state(ground).resolve("meta/boot_id"), OTHER_BOOT);
    AgentClient last = agent;
    for (int i = 0; i < 3; i++) {
      AgentClient next = AgentClient.start(ground);
      assertThat(next.client().list(false, Optional.empty())).isEmpty();
      assertThat(ids)
          .allSatisfy(id -> assertThat(next.client().inspect(id).verdict()).isEqualTo("lost"));
      assertThat(leaders).allSatisfy(pid -> assertThat(isRunning(pid)).isTrue());
      next.die();
      last = next;
    }
    assertThat(last).isNotSameAs(agent);

    AgentClient cleaner = AgentClient.start(ground);
    for (String id : ids) {
      assertThatThrownBy(() -> cleaner.client().remove(id))
          .hasMessageContaining("processes live in its cgroup: end them first");
    }
    leaders.forEach(pid -> assertThat(Processes.kill(pid, Signal.KILL)).isTrue());
    Waiting.until("they have ended", () -> ground.processes().size() == 1);
    cleaner.clear();
    assertThat(ground.runCgroups()).isEmpty();
    cleaner.end();
  }

  private static boolean isRunning(int pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'S';
    } catch (java.nio.file.NoSuchFileException gone) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRunWhoseLauncherStandsStillCanBeKilled() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    String id = launch(agent, 1).getFirst();
    int launcher = agent.launcher(id);
    assertThat(Processes.kill(launcher, Signal.STOP)).isTrue();

    assertThat(agent.client().kill(id, Optional.empty()).count()).isEqualTo(1);

    assertThat(agent.client().inspect(id).verdict()).isEqualTo("killed");
    agent.clear();
    agent.end();
  }

  @Test
  void aMemoryLimitBelowWhatIsInUseWaitsAndNobodyIsKilled() throws Exception {
    AgentClient agent = AgentClient.start(ground);
    String id =
        agent.launch(
            "big",
            AgentClient.limits(200 * MEBIBYTE, 10),
            "perl",
            "-e",
            "$x .= 'x' x 1048576 for 1 .. 100; $| = 1; print 'full'; sleep 1000");
    Waiting.until("it is full", () -> agent.stdout(id).equals("full"));
    Path limit = memoryLimit();
    String before = Files.readString(limit);
    ResourceLimits less = AgentClient.limits(64 * MEBIBYTE, 10);

    for (boolean dryRun : new boolean[] {true, false}) {
      assertThat(agent.client().update(id, less, dryRun).changes())
          .anySatisfy(change -> {
            assertThat(change.action()).isEqualTo("deferred");
            assertThat(change.detail()).contains("200 MiB", "64 MiB", "are in use");
          });
    }
    agent.die();
    AgentClient next = AgentClient.start(ground);

    ExecutorInfo after = next.client().inspect(id);
    assertThat(after.state()).isEqualTo("running");
    assertThat(after.limitsDeferred()).contains("64 MiB");
    assertThat(limit).hasContent(before.strip());
    next.clear();
    next.end();
  }

  private Path memoryLimit() {
    for (Path cgroup : ground.runCgroups()) {
      for (String file : List.of("memory.max", "memory.limit_in_bytes")) {
        if (Files.exists(cgroup.resolve(file))) {
          return cgroup.resolve(file);
        }
      }
    }
    throw new AssertionError("no memory limit in " + ground.runCgroups());
  }
}
