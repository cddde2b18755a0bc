package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Mounts;
import dev.holdfast.linux.proc.Mount;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The seed's one hierarchy that has all controllers.
@KernelTest({KernelLayout.V1, KernelLayout.V2})
final class OneHierarchyTest {
  private static final ProcFs PROC = ProcFs.system();

  @RegisterExtension final Ground ground = new Ground();

  /// The one mount of cgroups with `memory`, which must have the others, too.
  private static Mount only() {
    List<Mount> mounts =
        PROC.mounts().stream().filter(it -> it.type().startsWith("cgroup")).toList();
    assumeTrue(mounts.size() == 1, "the controllers are mounted one by one");
    return mounts.getFirst();
  }

  private void assertWorks(Agent agent) {
    agent
        .launch("run", "--cpus", "0.5", "--memory", "64m", "sh", "-c", "sleep 1000 & echo $!; wait")
        .expect(0);
    assertThat(agent.inspect("run").texts("cgroup_directories")).hasSize(1);
    agent.ask("stats", "default/run").expect(0);
    assertThat(agent.ask("kill", "default/run").expect(0).err()).contains("killed 2 processes");
  }

  @Test
  void isUsedWhereItIsMounted() {
    String point = only().mountPoint().toString();
    Agent agent = Agent.start(ground, "--cgroups-hierarchy", point);
    assertWorks(agent);
    agent.end();
  }

  @Test
  void isFoundBehindALink() throws IOException {
    Path link = Files.createSymbolicLink(ground.file("cgroup"), only().mountPoint());
    Agent agent = Agent.start(ground, "--cgroups_hierarchy=" + link);
    assertWorks(agent);
    agent.end();
  }

  /// Unmounts the host's own cgroups, so only on a host that is thrown away afterwards.
  @Test
  @KernelTest(KernelLayout.V1)
  void isMountedByTheAgentAndStaysWithItsRuns() throws IOException {
    assumeTrue(isThrownAway(), "not a virtual machine of the tests' own");
    Path point = Path.of("/sys/fs/cgroup/mounted-by-agent");
    try (Unmounted _ = new Unmounted(only(), point)) {
      String[] flags = {
        "--cgroups_hierarchy=" + point, "--cgroups_subsystems=cpuset,memory",
      };
      Agent agent = Agent.start(ground, flags);
      assertWorks(agent);
      agent.launch("left", "--cpus", "1", "--memory", "64m", "sleep", "1000").expect(0);
      agent.stop();

      assertThat(mountAt(point).superOptions())
          .contains("cpuset", "memory", "freezer", "cpuacct")
          .doesNotContain("cpu", "pids");
      Agent next = Agent.start(ground, flags);
      assertThat(next.inspect("left").text("state")).isEqualTo("running");
      next.end();
    }
  }

  /// User-Mode Linux boots as a test's guest and for nothing else.
  private static boolean isThrownAway() throws IOException {
    return Files.readString(Path.of("/proc/cpuinfo")).contains("User Mode Linux");
  }

  private static boolean isFree(String controller) {
    return PROC.subsystems().stream()
        .anyMatch(it -> it.name().equals(controller) && it.hierarchyId() == 0);
  }

  private static Mount mountAt(Path point) {
    return PROC.mounts().stream()
        .filter(it -> it.mountPoint().equals(point))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is mounted at " + point));
  }

  /// The host without its cgroups; has them again at the end, and not what is at `other`.
  private record Unmounted(Mount host, Path other) implements AutoCloseable {
    private static final Duration LETTING_GO = Duration.ofSeconds(1);

    private Unmounted {
      unmount(host);
    }

    @Override
    public void close() throws IOException {
      if (Files.exists(other.resolve("tasks"))) {
        unmount(mountAt(other));
        Files.delete(other);
      }
      mount(host);
    }

    /// The kernel lets go of a hierarchy some time after the unmount that found no cgroup in it,
    /// not even one that was removed long ago and still has pages: one that did needs another.
    private static void unmount(Mount mount) {
      Waiting.until(
          "the controllers are free",
          () -> {
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
            Mounts.unmount(mount.mountPoint());
            boolean free = isFreeSoon();
            if (!free) {
              mount(mount);
            }
            return free;
          });
    }

    private static boolean isFreeSoon() {
      long deadline = System.nanoTime() + LETTING_GO.toNanos();
      while (!isFree("memory") || !isFree("freezer")) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
      return true;
    }

    private static void mount(Mount mount) {
      String controllers =
          mount.superOptions().stream()
              .filter(it -> PROC.subsystems().stream().anyMatch(s -> s.name().equals(it)))
              .collect(Collectors.joining(","));
      Mounts.mount("cgroup", mount.mountPoint(), "cgroup", controllers);
    }
  }
}
