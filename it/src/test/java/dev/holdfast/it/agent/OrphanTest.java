package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an agent does with cgroups that nobody has a record of.
@KernelTest
final class OrphanTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  void aRunWithoutARecordIsDestroyedWithAllBelowAndOthersCgroupsAreNot() throws Exception {
    Agent agent = Agent.start(ground);
    String id = agent.launch("a", "sh", "-c", "sleep 1000 & wait").expect(0).out().strip();
    agent.launch("kept", "sleep", "1000").expect(0);
    Waiting.until(
        "its child runs",
        () -> ground.processes().stream().filter(it -> it.endsWith("sleep 1000")).count() == 2);
    List<Path> orphan =
        ground.runCgroups().stream().filter(it -> it.endsWith("default.a." + id)).toList();
    List<Integer> processes = new ArrayList<>();
    for (Path cgroup : orphan) {
      Path deeper = make(make(cgroup.resolve("inner")).resolve("deeper"));
      for (String pid : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
        processes.add(Integer.valueOf(pid));
        Files.writeString(deeper.resolve("cgroup.procs"), pid);
      }
    }
    Process stranger = new ProcessBuilder("sleep", "1000").start();
    List<Path> foreign = foreignCgroups(stranger.pid(), "mysql", "default.b", "x.y." + id + ".z");
    agent.kill();
    forget(ground.runtime().resolve("runs").resolve(id));
    try (var files = Files.walk(ground.file("state"))) {
      files.filter(it -> it.endsWith("runs/" + id)).toList().forEach(OrphanTest::forget);
    }

    Agent next = Agent.start(ground);

    assertThat(orphan).isNotEmpty().allSatisfy(it -> assertThat(it).doesNotExist());
    assertThat(processes).hasSizeGreaterThan(1);
    for (int pid : processes) {
      Waiting.until(pid + " has ended", () -> ProcessHandle.of(pid).isEmpty());
    }
    assertThat(foreign).isNotEmpty().allSatisfy(it -> assertThat(it).exists());
    assertThat(stranger.isAlive()).isTrue();
    assertThat(next.ask("ps", "-q").expect(0).out().lines()).hasSize(1);
    assertThat(next.ask("events").expect(0).out())
        .contains("orphan " + ground.name() + "/default.a." + id + " destroyed, with 2 processes");
    assertThat(stranger.destroyForcibly().waitFor()).isNotZero();
    for (Path cgroup : foreign) {
      Waiting.until(
          cgroup + " is empty", () -> Files.readString(cgroup.resolve("cgroup.procs")).isEmpty());
      Files.delete(cgroup);
    }
    next.end();
  }

  /// Beside the runs, in each hierarchy; the process is in the first of each.
  private List<Path> foreignCgroups(long pid, String... names) throws IOException {
    List<Path> made = new ArrayList<>();
    for (Path run : ground.runCgroups()) {
      if (run.getFileName().toString().contains(".kept.")) {
        for (String name : names) {
          made.add(make(run.resolveSibling(name)));
        }
        Files.writeString(run.resolveSibling(names[0]).resolve("cgroup.procs"), Long.toString(pid));
      }
    }
    return made;
  }

  /// One that processes may enter: a new cpuset of v1 has no CPU and no memory node.
  private static Path make(Path cgroup) throws IOException {
    Files.createDirectory(cgroup);
    for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
      if (Files.exists(cgroup.resolve(file))) {
        Files.writeString(
            cgroup.resolve(file), Files.readString(cgroup.resolveSibling(file)).strip());
      }
    }
    return cgroup;
  }

  private static void forget(Path directory) {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
