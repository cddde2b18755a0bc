package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Flock;
import dev.holdfast.testkit.FaultyCgroupFs.Operation;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each operation of a run on cgroupfs fails in turn, with each errno.
class RunActorFaultTest {
  private static final Path NO_PROGRAM = Path.of("/nonexistent/executor-launcher");
  private static final List<Errno> ERRNOS =
      List.of(Errno.ENOENT, Errno.EBUSY, Errno.EACCES, Errno.EINVAL, Errno.ENOSPC, Errno.EIO);

  @TempDir private Path directory;

  private static ExecutorSpec spec() {
    return ExecutorSpec.builder(new ExecutorId("f", "e"), List.of("true"))
        .limits(new SomeLimits().cpus("1", CpuMode.PINNED).memory("64m").pids(9).build())
        .build();
  }

  private void assertNothingIsLeft(FakeHost host, String when) throws IOException {
    // What the kernel would not let go of goes with the next user.
    host.useRoot();
    assertThat(host.cgroups()).as(when).isEmpty();
    assertThat(host.ledger.free()).as(when).isEqualTo(Cpus.ofWhole(4));
    try (var left = Files.list(directory.resolve("runs"))) {
      assertThat(left).as(when).isEmpty();
    }
    try (Flock lock = Flock.shared(RunDirectory.lockFile(directory))) {
      assertThat(lock.tryExclusive()).as(when).isTrue();
    }
  }

  private int operations(HostKind kind, Path launcher) {
    try (FakeHost host = new FakeHost(kind, directory)) {
      host.run(spec(), launcher).live();
      return host.fs.operations().size();
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLauncherThatCannotBeStartedLeavesNothing(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory)) {
      RunActor run = host.run(spec(), NO_PROGRAM);
      run.live();

      assertThatThrownBy(run.handle()::awaitLaunch)
          .isInstanceOf(IsolatorException.class)
          .hasMessageContaining("ENOENT");
      assertThatThrownBy(run.handle()::await).isInstanceOf(IsolatorException.class);
      assertThat(host.cgroups()).isEmpty();
      assertNothingIsLeft(host, "");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunTakesItsOwnBackWhileOthersUseTheRoot(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory);
        CgroupRoot.Lease other = host.root().lease(host.hierarchy.controllers())) {
      host.run(spec(), NO_PROGRAM).live();

      assertThat(other.root().children()).containsExactly("launchers");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aSetUpThatFailsAnywhereLeavesNothing(HostKind kind) throws Exception {
    int operations = operations(kind, NO_PROGRAM);
    for (int k = 1; k <= operations; k++) {
      for (Errno errno : ERRNOS) {
        try (FakeHost host = new FakeHost(kind, directory)) {
          host.fs.failAt(k, errno);
          RunActor run = host.run(spec(), NO_PROGRAM);
          run.live();

          Operation failed = host.fs.operations().get(k - 1);
          String when = failed + " " + errno;
          assertThatThrownBy(run.handle()::awaitLaunch)
              .as(when)
              .isInstanceOf(IsolatorException.class);
          if (failed.verb() != Verb.REMOVE && failed.verb() != Verb.LIST) {
            assertThat(host.cgroups()).as(when).isEmpty();
          }
          assertNothingIsLeft(host, when);
        }
      }
    }
  }

  /// How a run ended is told whatever its clean-up met.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void noFaultTakesTheVerdictOfARunThatWasLaunched(HostKind kind) throws Exception {
    Path launcher = new ScriptedLauncher(directory).started(Victims.NOBODY).exited(0).write();
    int operations = operations(kind, launcher);
    int launched = operations(kind, NO_PROGRAM);
    for (int k = 1; k <= operations; k++) {
      try (FakeHost host = new FakeHost(kind, directory)) {
        host.fs.failAt(k, Errno.EIO);
        RunActor run = host.run(spec(), launcher);
        run.live();

        String when = host.fs.operations().get(k - 1).toString();
        try {
          assertThat(run.handle().await().verdict()).as(when).isEqualTo(new Verdict.Exited(0));
        } catch (IsolatorException notLaunched) {
          assertThat(k).as(when).isLessThan(launched);
          assertThat(notLaunched).as(when).hasMessageContaining("EIO");
        }
        assertNothingIsLeft(host, when);
      }
    }
  }
}
