package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.api.ResourceLimits;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.AgentClient;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Holdfast;
import dev.holdfast.testkit.KernelLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an agent wants of its host, check by check: each failure is one line and the status 1, and
/// leaves nothing.
@KernelTest
final class AgentStartTest {
  /// The mount point of the controller `%s`.
  private static final String MOUNT =
      "$(awk -v c=%s '$3 == \"cgroup\" && \",\"$4\",\" ~ \",\"c\",\" { print $2 }' /proc/mounts)";

  @RegisterExtension final Ground ground = new Ground();

  private void assertRefused(Holdfast call, String... parts) {
    Finished agent = call.finish().expect(1);

    assertThat(agent.errLines()).as(agent.err()).hasSize(1);
    assertThat(agent.err()).startsWith("holdfast: ").contains(parts);
    assertThat(agent.err()).doesNotContain("Exception", "defect");
    assertThat(ground.cgroups()).isEmpty();
  }

  @Test
  void withoutRoot() {
    // May read a checkout that others may not, and nothing else of root's.
    assertRefused(
        Agent.call(ground)
            .behind(
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "--inh-caps=-all,+dac_override",
                "--ambient-caps=+dac_override"),
        "needs root");
  }

  @Test
  void withoutAnyCgroupsMounted() {
    assertRefused(
        Agent.call(ground)
            .afterMounting("umount $(awk '$3 ~ /^cgroup/ { print $2 }' /proc/mounts)"),
        "no cgroup file system is mounted",
        "mount -t cgroup2");
  }

  @Test
  void withAHierarchyThatIsNone() {
    Path directory = ground.file("hierarchy");
    assertRefused(
        Agent.call(ground, "--cgroups-hierarchy", directory.toString())
            .afterMounting("mkdir hierarchy; mount -t tmpfs none hierarchy"),
        "a tmpfs is mounted at " + directory + ", not cgroups");
  }

  /// The seed would have removed it, to mount there.
  @Test
  void withAHierarchyThatIsACgroup() throws IOException {
    Path cgroup = Files.createDirectory(someMount().resolve(ground.name() + "-cgroup"));
    Finished agent =
        Agent.call(ground, "--cgroups-hierarchy", cgroup.toString()).finish().expect(1);

    assertThat(agent.errLines()).hasSize(1);
    assertThat(agent.err()).contains(cgroup + " is a cgroup, not where a hierarchy is mounted");
    assertThat(cgroup).exists();
    Files.delete(cgroup);
  }

  private static Path someMount() throws IOException {
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .map(line -> line.split(" ", -1))
        .filter(words -> words[2].startsWith("cgroup"))
        .map(words -> Path.of(words[1]))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withAHierarchyThatHasOtherFiles() throws IOException {
    Path directory = Files.createDirectory(ground.file("full"));
    Files.createFile(directory.resolve("file"));

    assertRefused(
        Agent.call(ground, "--cgroups_hierarchy=" + directory),
        "cannot mount cgroups at " + directory + ": it is not empty");
    assertThat(directory.resolve("file")).exists();
  }

  /// On v2 the kernel itself refuses, since the cgroup2 tree has them.
  @Test
  @KernelTest({KernelLayout.V1, KernelLayout.HYBRID})
  void withControllersThatAreMountedElsewhere() {
    Path directory = ground.file("hierarchy");
    assertRefused(
        Agent.call(ground, "--cgroups-hierarchy", directory.toString()),
        "the controller memory is busy: it is mounted at /sys/fs/cgroup/",
        "the controller freezer is busy");
    assertThat(directory).doesNotExist();
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void withAHierarchyThatLacksAController() {
    assertRefused(
        Agent.call(ground).after("set -- \"$@\" --cgroups-hierarchy " + MOUNT.formatted("memory")),
        "the hierarchy at /sys/fs/cgroup/memory lacks cpu, freezer, cpuacct: ");
  }

  @Test
  void withAControllerThatTheKernelDoesNotHave() {
    assertRefused(
        Agent.call(ground, "--cgroups-subsystems", "cpu,memory,floppy"),
        "the kernel has no controller 'floppy'");
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void withAControllerThatIsNotMounted() {
    assertRefused(
        Agent.call(ground, "--cgroups-subsystems", "cpu,memory,pids")
            .afterMounting("umount " + MOUNT.formatted("pids")),
        "the pids controller is not mounted: ");
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void withoutTheMemoryControllerThoughTheListDoesWithoutIt() {
    assertRefused(
        Agent.call(ground, "--cgroups-subsystems", "cpu")
            .afterMounting("umount " + MOUNT.formatted("memory")),
        "the memory controller is missing");
  }

  @Test
  @KernelTest(KernelLayout.HYBRID)
  void withARootThatCannotBeMade() {
    assertRefused(
        Agent.call(ground).afterMounting("mount -o remount,bind,ro " + MOUNT.formatted("memory")),
        "cannot make the cgroups' root: ",
        "EROFS");
  }

  @Test
  void withAnotherAgentOnTheSameRoot() {
    Agent first = Agent.start(ground);
    Finished second =
        ground
            .holdfast(
                "agent",
                "--work-dir",
                ground.file("other").toString(),
                "--runtime-dir",
                ground.file("other-run").toString())
            .finish()
            .expect(1);

    assertThat(second.errLines()).hasSize(1);
    assertThat(second.err()).contains("another agent has the cgroups' root " + ground.name());
    first.ask("ps").expect(0);
    first.end();
  }

  @Test
  void withRunsThatLiveWhereAnotherRuntimeDirectoryRootOrHierarchySays() throws IOException {
    Agent first = Agent.start(ground);
    first.launch("a", "sleep", "1000").expect(0);
    first.launch("b", "sleep", "1000").expect(0);
    first.kill();
    Path other = ground.file("other-run");
    String kept = "is kept in the runtime directory " + ground.runtime() + ", not " + other;

    assertRefusedAsIs(Agent.call(ground, "--runtime-dir", other.toString()), kept);
    assertRefusedAsIs(
        Agent.call(ground, "--runtime-dir", other.toString(), "--work-dir", other + "-work"), kept);
    assertRefusedAsIs(
        Agent.call(ground, "--cgroups-root", ground.name() + "-other"),
        "lives below the cgroups' root " + ground.name() + ", not " + ground.name() + "-other");

    Agent next = Agent.start(ground);
    assertThat(next.ask("ps", "-q").expect(0).out().lines()).hasSize(2);
    next.end();
  }

  @Test
  void withAnotherAgentOnTheSameWorkDirectory() {
    Agent first = Agent.start(ground);

    Finished second =
        Agent.call(ground, "--runtime-dir", ground.file("other-run").toString())
            .variable("HOLDFAST_CGROUPS_ROOT", ground.name() + "-other")
            .finish()
            .expect(1);

    assertThat(second.errLines()).hasSize(1);
    assertThat(second.err())
        .contains("another agent (pid " + first.pid() + ", cgroups root " + ground.name() + ")")
        .contains(" uses " + ground.file("state"));
    first.end();
  }

  /// And all that lives goes on.
  private void assertRefusedAsIs(Holdfast call, String part) {
    List<Path> cgroups = ground.cgroups();
    List<String> processes = ground.processes();
    Finished agent = call.finish().expect(1);

    assertThat(agent.errLines()).as(agent.err()).hasSize(1);
    assertThat(agent.err()).startsWith("holdfast: ").contains(part);
    assertThat(ground.cgroups()).isEqualTo(cgroups);
    assertThat(ground.processes()).isEqualTo(processes);
  }

  /// What has ended meanwhile is in the other runtime directory, too.
  @Test
  void withRunsThatHaveEndedUnheardWhereAnotherRuntimeDirectorySays() throws Exception {
    AgentClient first = AgentClient.start(ground);
    String id = first.launch("a", ResourceLimits.NONE, "sh", "-c", "exit 7");
    first.client().await(id);
    String late = first.launch("b", ResourceLimits.NONE, "sh", "-c", "sleep 1; exit 8");
    first.die();
    first.awaitStatus(late);

    Finished refused =
        Agent.call(ground, "--runtime-dir", ground.file("other-run").toString()).finish().expect(1);

    assertThat(refused.errLines()).hasSize(1);
    assertThat(refused.err()).contains("the run default/b is kept in the runtime directory ");
    AgentClient next = AgentClient.start(ground);
    assertThat(next.client().await(late).get("exit_code").getAsInt()).isEqualTo(8);
    next.clear();
    next.end();
  }

  @Test
  void withSharedAndPinnedCpusAtOnce() {
    assertRefused(
        Agent.call(ground, "--cgroups-subsystems", "cpu,cpuset,memory"),
        "--cgroups-subsystems: cpu (CPUs are shared) and cpuset (CPUs are pinned) exclude");
  }
}
