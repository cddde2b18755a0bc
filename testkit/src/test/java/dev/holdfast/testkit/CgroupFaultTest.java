package dev.holdfast.testkit;

import static dev.holdfast.testkit.Fakes.PARENT;
import static dev.holdfast.testkit.Fakes.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.linux.Errno;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each step of each change fails once with each kind of error: what is left is what was before, or
/// the change can be repeated; success is never claimed in vain.
final class CgroupFaultTest {
  private static final List<Errno> ERRNOS =
      List.of(
          Errno.ENOENT,
          Errno.EBUSY,
          Errno.EAGAIN,
          Errno.EACCES,
          Errno.EINVAL,
          Errno.ENOMEM,
          Errno.ENOSPC,
          Errno.EIO);
  private static final Limit<Bytes> CAP = Limit.at(Bytes.ofMebibytes(16));
  private static final Limit<CpuBandwidth> HALF = Limit.at(new CpuBandwidth(50_000, 100_000));

  /// Runs `change` on a fresh cgroup with a fault at each operation in turn until there is none to
  /// fail at, and then `check` with whether it claimed success. rmdir never says ENOENT: who is
  /// told that a thing has gone, though it is there, may well leave it.
  private static void atEachOperation(
      Fakes fakes,
      Consumer<Cgroup> prepare,
      Consumer<Cgroup> change,
      BiConsumer<Cgroup, Boolean> check) {
    for (Errno errno : ERRNOS) {
      for (int k = 1; failsAt(fakes, k, errno, prepare, change, check); k++) {
        assertThat(k).as("operations of one change").isLessThan(1000);
      }
    }
  }

  private static boolean failsAt(
      Fakes fakes,
      int k,
      Errno errno,
      Consumer<Cgroup> prepare,
      Consumer<Cgroup> change,
      BiConsumer<Cgroup, Boolean> check) {
    FakeCgroupFs fake = fakes.open();
    prepare.accept(Fakes.cgroup(fake, fake, RUN));
    FaultyCgroupFs faulty = new FaultyCgroupFs(fake);
    Cgroup cgroup = Fakes.cgroup(fake, faulty, RUN);
    int number = faulty.operations().size() + k;
    faulty.failWhen(
        it ->
            it.number() == number
                && !(it.verb() == FaultyCgroupFs.Verb.REMOVE && errno.equals(Errno.ENOENT)),
        errno);
    boolean success = true;
    try {
      change.accept(cgroup);
    } catch (CgroupException e) {
      success = false;
    }
    faulty.heal();
    check.accept(Fakes.cgroup(fake, fake, RUN), success);
    return faulty.operations().size() >= number;
  }

  @ParameterizedTest
  @EnumSource
  void createMakesAllOrNothing(Fakes fakes) {
    atEachOperation(
        fakes,
        CgroupFaultTest::makeParent,
        Cgroup::create,
        (cgroup, success) -> {
          assertThat(cgroup.exists()).isEqualTo(success);
          if (success) {
            assertUsable(cgroup);
          }
        });
  }

  private static void makeParent(Cgroup cgroup) {
    cgroup.ensure();
    cgroup.remove();
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeTakenBackIsSaid(Fakes fakes) {
    FakeCgroupFs fake = fakes.open();
    makeParent(Fakes.cgroup(fake, fake, RUN));
    FaultyCgroupFs faulty = new FaultyCgroupFs(fake);
    Cgroup cgroup = Fakes.cgroup(fake, faulty, RUN);
    if (cgroup.directories().size() == 1) {
      return; // nothing made before the failure
    }
    faulty.failAt(2, Errno.ENOSPC);
    faulty.failWhen(it -> it.verb() == FaultyCgroupFs.Verb.REMOVE, Errno.EBUSY);
    assertThatThrownBy(cgroup::create)
        .isInstanceOf(CgroupException.Unavailable.class)
        .satisfies(it -> assertThat(it.getSuppressed()).hasSize(1));
  }

  @ParameterizedTest
  @EnumSource
  void ensureCanBeRepeated(Fakes fakes) {
    atEachOperation(
        fakes,
        cgroup -> assertThat(cgroup.exists()).isFalse(),
        Cgroup::ensure,
        (cgroup, success) -> {
          if (!success) {
            cgroup.ensure();
          }
          assertUsable(cgroup);
        });
  }

  private static void assertUsable(Cgroup cgroup) {
    assertThat(cgroup.memory().orElseThrow().limit()).isEqualTo(Limit.unlimited());
    assertThat(cgroup.cpuset().orElseThrow().cpus()).hasToString("0-3");
    assertThat(cgroup.pids().orElseThrow().limit()).isEqualTo(Limit.unlimited());
  }

  @ParameterizedTest
  @EnumSource
  void removeCanBeRepeated(Fakes fakes) {
    atEachOperation(
        fakes,
        cgroup -> {
          cgroup.child("a").ensure();
          cgroup.child("b").child("c").ensure();
        },
        Cgroup::remove,
        (cgroup, success) -> {
          if (!success) {
            cgroup.remove();
          }
          assertThat(cgroup.exists()).isFalse();
        });
  }

  @ParameterizedTest
  @EnumSource
  void limitsAreSetWhenSuccessIsClaimedAndCanBeSetAgain(Fakes fakes) {
    Consumer<Cgroup> change =
        cgroup -> {
          cgroup.memory().orElseThrow().setLimits(CAP, Optional.of(CAP));
          cgroup.cpu().orElseThrow().setBandwidth(HALF);
          cgroup.pids().orElseThrow().setLimit(Limit.at(7L));
        };
    atEachOperation(
        fakes,
        Cgroup::ensure,
        change,
        (cgroup, success) -> {
          if (!success) {
            change.accept(cgroup);
          }
          assertThat(cgroup.memory().orElseThrow().limit()).isEqualTo(CAP);
          assertThat(cgroup.memory().orElseThrow().memoryAndSwapLimit()).contains(CAP);
          assertThat(cgroup.cpu().orElseThrow().bandwidth()).isEqualTo(HALF);
          assertThat(cgroup.pids().orElseThrow().limit()).isEqualTo(Limit.at(7L));
        });
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThereIsLeftAlone(Fakes fakes) {
    FakeCgroupFs fake = fakes.open();
    Cgroup run = Fakes.run(fake);
    FaultyCgroupFs faulty = new FaultyCgroupFs(fake);
    Fakes.cgroup(fake, faulty, RUN).ensure();
    assertThat(faulty.operations()).noneMatch(it -> it.verb() == FaultyCgroupFs.Verb.WRITE);
    assertThat(run.exists()).isTrue();
    assertThat(Fakes.cgroup(fake, fake, PARENT).children()).containsExactly("run");
  }
}
