package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.HostDemands;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.launcher.ForkServer;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.proc.Cpu;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an agent's root must be able to do, on hosts whose kernels cannot. The fake has four CPUs.
class RootCheckTest {
  @TempDir Path runtime;

  private static HostDemands demands(CpuMode mode, int cpus) {
    return new HostDemands(Optional.empty(), Set.of(), mode, Optional.of(Cpus.ofWhole(cpus)));
  }

  private static void assertRefused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IsolatorException.class)
        .message()
        .contains(parts)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThereIsEnough(HostKind kind) {
    Ground ground = Ground.on(kind);
    for (CpuMode mode : CpuMode.values()) {
      assertThatCode(() -> RootCheck.check(ground.root, demands(mode, 4)))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutMemoryNothingIsHeld(HostKind kind) {
    Ground ground = Ground.without(kind, Controller.MEMORY);
    assertRefused(
        () -> RootCheck.check(ground.root, demands(CpuMode.SHARES, 1)),
        "the memory controller is missing");
  }

  @ParameterizedTest
  @EnumSource
  void aKernelWithoutBandwidthHasNoQuotas(HostKind kind) {
    Ground ground = Ground.on(kind);
    ground.fs.failWhen(
        it -> it.path().endsWith("cpu.cfs_quota_us") || it.path().endsWith("cpu.max"),
        Errno.ENOENT);
    assertRefused(
        () -> RootCheck.check(ground.root, demands(CpuMode.QUOTA, 1)), "CONFIG_CFS_BANDWIDTH");
    assertThatCode(() -> RootCheck.check(ground.root, demands(CpuMode.SHARES, 1)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource
  void moreCpusThanTheRootMayUseCannotBePinned(HostKind kind) {
    Ground ground = Ground.on(kind);
    assertRefused(
        () -> RootCheck.check(ground.root, demands(CpuMode.PINNED, 5)),
        "5 cpus to pin are more than",
        "holdfast may use: 0-3 (4)");
  }

  /// The seed takes those that its root allows in the order of /proc/cpuinfo, until there are
  /// enough.
  @ParameterizedTest
  @EnumSource
  void pinnedAreTheCpusThatTheRootMayUse(HostKind kind) {
    try (FakeHost host = new FakeHost(kind, runtime)) {
      List<Cpu> online = IntStream.of(7, 3, 1, 0, 2).mapToObj(id -> new Cpu(id, 0, 0)).toList();
      try (CgroupRoot.Lease _ = host.root().lease(host.hierarchy.controllers())) {
        assertThat(host.root().pinnable(online, Optional.of(Cpus.parse("2.5"))))
            .extracting(Cpu::id)
            .containsExactly(3, 1, 0);
        assertThat(host.root().pinnable(online, Optional.empty()))
            .extracting(Cpu::id)
            .containsExactly(3, 1, 0, 2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereCgroupsCannotBeNestedNothingIsLeft(HostKind kind) {
    try (FakeHost host = new FakeHost(kind, runtime)) {
      host.fs.failWhen(
          it -> it.verb() == Verb.MAKE && it.path().endsWith("launchers"), Errno.EPERM);
      assertRefused(() -> hold(host), "cannot make the cgroups' root: mkdir", "launchers: EPERM");
      assertThat(host.cgroups()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V2")
  void aKernelWithoutOomControlIsNamed(HostKind kind) {
    try (FakeHost host = new FakeHost(kind, runtime)) {
      host.fs.failWhen(it -> it.path().endsWith("memory.oom_control"), Errno.ENOENT);
      assertRefused(() -> hold(host), "the memory controller has no memory.oom_control");
      assertThat(host.cgroups()).isEmpty();
    }
  }

  private static void hold(FakeHost host) {
    RootKeeper.hold(
            host.root(),
            host.hierarchy.controllers(),
            HostDemands.NONE,
            new ForkServer(
                () -> Path.of("/nonexistent"), new Cgroup.Entry(List.of(), Optional.empty())),
            ProcFs.system(),
            Duration.ofSeconds(1),
            Set.of())
        .close();
  }
}
