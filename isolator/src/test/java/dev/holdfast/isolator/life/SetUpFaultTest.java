package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.FaultyCgroupFs.Operation;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A cgroup is made, limited and removed, and each operation of that fails in turn, with each
/// errno: nothing is left, and nothing counts as done that was not.
class SetUpFaultTest {
  private static final List<Errno> ERRNOS =
      List.of(Errno.ENOENT, Errno.EBUSY, Errno.EACCES, Errno.EINVAL, Errno.ENOSPC, Errno.EIO);

  private static final Limits LIMITS =
      new SomeLimits()
          .cpus("1.5", CpuMode.QUOTA)
          .cpuBurst(Duration.ofMillis(10))
          .cpusetCpus("0-1")
          .memory("64m")
          .memoryReservation("32m")
          .memoryAndSwap("96m")
          .pids(100)
          .build();

  /// What a kernel may do without.
  private static final List<String> OPTIONAL =
      List.of("memory.memsw.limit_in_bytes", "memory.swap.max");

  private static void apply(Ground ground) {
    new LimitWriter(ground.run, RunId.random(), Ground.ledger()).apply(LIMITS);
  }

  private static boolean isLeft(Ground ground) {
    return ground.cgroups().stream().anyMatch(path -> path.endsWith(Ground.RUN.toString()));
  }

  /// All that was asked for, as the controls show it.
  private static Map<String, String> controls(Ground ground) {
    Map<String, String> texts = new TreeMap<>();
    for (Operation operation : ground.fs.operations()) {
      Path path = operation.path();
      if (operation.verb() == Verb.WRITE && path.toString().contains(Ground.RUN.toString())) {
        texts.put(path.toString(), ground.fake.read(path).strip());
      }
    }
    return texts;
  }

  private static String[] described(int k, Errno errno, Ground ground) {
    return new String[] {ground.fs.operations().get(k - 1) + " " + errno};
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupThatCannotBeMadeIsNotLeft(HostKind kind) {
    Ground sample = Ground.on(kind);
    int before = sample.fs.operations().size();
    sample.run.create();
    int after = sample.fs.operations().size();
    assertThat(after).isGreaterThan(before);
    for (int k = before + 1; k <= after; k++) {
      for (Errno errno : ERRNOS) {
        Ground ground = Ground.on(kind);
        ground.fs.failAt(k, errno);

        assertThatThrownBy(ground.run::create)
            .as("operation %s: %s", k, errno)
            .isInstanceOf(CgroupException.class);

        assertThat(isLeft(ground)).as("%s", (Object[]) described(k, errno, ground)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunNeverStartsWithALimitMissing(HostKind kind) {
    Ground sample = Ground.on(kind).withRun();
    int before = sample.fs.operations().size();
    apply(sample);
    int after = sample.fs.operations().size();
    Map<String, String> wanted = controls(sample);
    for (int k = before + 1; k <= after; k++) {
      for (Errno errno : ERRNOS) {
        Ground ground = Ground.on(kind).withRun();
        ground.fs.failAt(k, errno);
        try {
          apply(ground);
          Operation failed = ground.fs.operations().get(k - 1);
          if (OPTIONAL.stream().noneMatch(failed.path()::endsWith)) {
            assertThat(controls(ground)).as("%s: %s", failed, errno).isEqualTo(wanted);
          }
        } catch (CgroupException | IsolatorException refused) {
          assertThat(refused).hasMessageContaining(" ");
        }
        ground.run.remove();
        assertThat(isLeft(ground)).as("%s", (Object[]) described(k, errno, ground)).isFalse();
      }
    }
  }

  /// Each fault is fatal but those by which a kernel says that it has no such control.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void everyFaultIsNoticed(HostKind kind) {
    Ground sample = Ground.on(kind).withRun();
    int before = sample.fs.operations().size();
    apply(sample);
    int after = sample.fs.operations().size();
    for (int k = before + 1; k <= after; k++) {
      Ground ground = Ground.on(kind).withRun();
      ground.fs.failAt(k, Errno.EIO);

      assertThatThrownBy(() -> apply(ground))
          .as("%s", sample.fs.operations().get(k - 1))
          .isInstanceOf(CgroupException.class)
          .hasMessageEndingWith(": EIO");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRemovalThatFailsOnceIsDoneByTheNextOne(HostKind kind) {
    Ground sample = Ground.on(kind).withRun();
    apply(sample);
    int before = sample.fs.operations().size();
    sample.run.remove();
    int after = sample.fs.operations().size();
    for (int k = before + 1; k <= after; k++) {
      for (Errno errno : ERRNOS) {
        Ground ground = Ground.on(kind).withRun();
        apply(ground);
        ground.fs.failAt(k, errno);
        try {
          ground.run.remove();
          // ENOENT is a success: somebody else has removed it
          assertThat(isLeft(ground)).isEqualTo(errno.equals(Errno.ENOENT));
        } catch (CgroupException refused) {
          assertThat(isLeft(ground)).as("%s", refused).isTrue();
        }

        ground.run.remove();
        assertThat(isLeft(ground)).as("%s", (Object[]) described(k, errno, ground)).isFalse();
      }
    }
  }
}
