package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.ResourceLimit;
import dev.holdfast.isolator.launcher.LaunchRecord;
import dev.holdfast.isolator.launcher.LauncherHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What executor-launcher is told of a run.
class LaunchDescriptionTest {
  @TempDir private Path runtime;

  private static ExecutorSpec.Builder spec() {
    return ExecutorSpec.builder(new ExecutorId("f", "e"), List.of("echo", "", "a b"));
  }

  private LaunchRecord describe(HostKind kind, ExecutorSpec spec) {
    try (FakeHost host = new FakeHost(kind, runtime);
        CgroupRoot.Lease lease = host.root().lease(host.hierarchy.controllers())) {
      Cgroup run = lease.run("run");
      LaunchRecord record =
          Launch.describe(
              spec,
              run,
              lease,
              new RunDirectory(runtime.resolve("runs/x")),
              Optional.empty(),
              Optional.empty());
      lease.release();
      return record;
    }
  }

  private Map<String, List<String>> texts(HostKind kind, ExecutorSpec spec) {
    return LauncherHeaders.texts(describe(kind, spec));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theLauncherTakesTheLeastAndTheMost(HostKind kind) {
    ExecutorSpec most =
        spec()
            .workDirectory(Path.of("/tmp"))
            .environment("A", "1")
            .environment("PATH", ":/bin")
            .credentials(new Credentials(1, 2, List.of(2, 3)))
            .resourceLimit(ResourceLimit.parse("nofile=64"))
            .resourceLimit(ResourceLimit.parse("core=0"))
            .stopTimeout(Duration.ofDays(365))
            .build();

    assertThat(LauncherHeaders.violations(describe(kind, spec().build()))).isEmpty();
    assertThat(LauncherHeaders.violations(describe(kind, most))).isEmpty();
  }

  @Test
  void whatIsMissingWouldBeNoticed() {
    assertThat(LauncherHeaders.violations(new LaunchRecord().killFile(Path.of("x"))))
        .contains(
            "RUN_DIR is missing",
            "ARG is missing",
            "CREDENTIALS is missing",
            "PATH_CANDIDATE is missing",
            "KILL_FILE is not absolute: x");
  }

  @Test
  void theCommandGoesWordByWordAndTheEnvironmentWhole() {
    Map<String, List<String>> texts =
        texts(
            HostKind.V1,
            spec().environment("B", "2").environment("PATH", "/x").environment("A", "").build());

    assertThat(texts.get("ARG")).containsExactly("echo", "", "a b");
    assertThat(texts.get("ENV")).containsExactly("B=2", "PATH=/x", "A=");
    assertThat(texts.get("PATH_CANDIDATE")).containsExactly("/x/echo");
    assertThat(texts.get("RUN_DIR")).containsExactly(runtime + "/runs/x");
  }

  @Test
  void onV1BothEnterTheirCgroupsByTheirTasksFiles() {
    Map<String, List<String>> texts = texts(HostKind.V1, spec().build());

    assertThat(texts.get("LEADER_ENTER"))
        .containsExactlyInAnyOrder(
            "/sys/fs/cgroup/cpu/holdfast/run/tasks",
            "/sys/fs/cgroup/cpuacct/holdfast/run/tasks",
            "/sys/fs/cgroup/cpuset/holdfast/run/tasks",
            "/sys/fs/cgroup/memory/holdfast/run/tasks",
            "/sys/fs/cgroup/pids/holdfast/run/tasks",
            "/sys/fs/cgroup/freezer/holdfast/run/tasks");
    assertThat(texts.get("LAUNCHER_ENTER"))
        .hasSize(6)
        .contains("/sys/fs/cgroup/cpu/holdfast/launchers/tasks");
    assertThat(texts)
        .doesNotContainKeys("LEADER_CLONE_INTO", "LAUNCHER_CLONE_INTO", "KILL_FILE", "OOM_SWITCH");
    assertThat(texts.get("FREEZER"))
        .containsExactly("/sys/fs/cgroup/freezer/holdfast/run/freezer.state");
    assertThat(texts.get("LEAVE")).contains("/sys/fs/cgroup/cpu/cgroup.procs").hasSize(6);
  }

  @Test
  void onV2BothAreBornInTheirCgroups() {
    Map<String, List<String>> texts = texts(HostKind.V2, spec().build());

    assertThat(texts).doesNotContainKeys("LEADER_ENTER", "LAUNCHER_ENTER");
    assertThat(texts.get("LEADER_CLONE_INTO")).containsExactly("/sys/fs/cgroup/holdfast/run");
    assertThat(texts.get("LAUNCHER_CLONE_INTO"))
        .containsExactly("/sys/fs/cgroup/holdfast/launchers");
    assertThat(texts.get("KILL_FILE")).containsExactly("/sys/fs/cgroup/holdfast/run/cgroup.kill");
    assertThat(texts.get("LEAVE")).containsExactly("/sys/fs/cgroup/cgroup.procs");
  }

  @Test
  void aHybridHostHasBoth() {
    Map<String, List<String>> texts = texts(HostKind.HYBRID, spec().build());

    assertThat(texts.get("LEADER_ENTER"))
        .contains("/sys/fs/cgroup/memory/holdfast/run/tasks")
        .noneMatch(path -> path.contains("unified"));
    assertThat(texts.get("LEADER_CLONE_INTO"))
        .containsExactly("/sys/fs/cgroup/unified/holdfast/run");
    assertThat(texts.get("KILL_FILE"))
        .containsExactly("/sys/fs/cgroup/unified/holdfast/run/cgroup.kill");
    assertThat(texts.get("FREEZER"))
        .containsExactly("/sys/fs/cgroup/unified/holdfast/run/cgroup.freeze");
  }

  /// A launcher that is left alone ends the run and removes all of it.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void everyDirectoryOfTheRunIsToBeEmptiedAndRemovedAndThenTheRoot(HostKind kind) {
    try (FakeHost host = new FakeHost(kind, runtime);
        CgroupRoot.Lease lease = host.root().lease(host.hierarchy.controllers())) {
      Cgroup run = lease.run("run");
      run.create();
      Map<String, List<String>> texts =
          LauncherHeaders.texts(
              Launch.describe(
                  spec().build(),
                  run,
                  lease,
                  new RunDirectory(runtime),
                  Optional.of(Path.of("/oom")),
                  Optional.empty()));

      List<String> directories = run.directories().stream().map(Path::toString).toList();
      assertThat(texts.get("REMOVE")).isEqualTo(directories);
      assertThat(texts.get("PROCS"))
          .isEqualTo(directories.stream().map(it -> it + "/cgroup.procs").toList());
      assertThat(texts.get("OOM_SWITCH")).containsExactly("/oom");

      texts.getOrDefault("REMOVE", List.of()).forEach(it -> host.fake.removeDirectory(Path.of(it)));
      texts
          .getOrDefault("ROOT_REMOVE", List.of())
          .forEach(it -> host.fake.removeDirectory(Path.of(it)));
      assertThat(host.cgroups()).isEmpty();
    }
  }
}
