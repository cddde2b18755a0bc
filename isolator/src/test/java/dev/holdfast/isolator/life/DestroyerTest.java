package dev.holdfast.isolator.life;

import static dev.holdfast.cgroup.Controller.CPU;
import static dev.holdfast.cgroup.Controller.FREEZER;
import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FakeCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs.Operation;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever is in a cgroup dies, and the cgroup goes.
class DestroyerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final List<Victims> victims = new ArrayList<>();

  @AfterEach
  void endVictims() {
    victims.forEach(Victims::close);
  }

  private Victims victims(Ground ground) {
    Victims all = new Victims(ground.fake);
    victims.add(all);
    return all;
  }

  private static Destroyer.Result destroy(Ground ground, Duration timeout) {
    return new Destroyer(ground.run, ProcFs.system(), timeout).destroy();
  }

  private static void assertRemoved(Ground ground, Destroyer.Result result) {
    assertThat(result.failure()).isEmpty();
    assertThat(ground.cgroups()).noneMatch(path -> path.toString().contains("/holdfast/run"));
    assertThat(ground.root.exists()).isTrue();
  }

  private static List<Path> removed(Ground ground) {
    return ground.fs.operations().stream()
        .filter(it -> it.verb() == Verb.REMOVE)
        .map(Operation::path)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void anEmptyCgroupIsRemovedWithoutAKill(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().mechanism()).isEqualTo(KillReceipt.Mechanism.NONE);
    assertThat(result.receipt().count()).isZero();
    assertThat(result.receipt().victims()).isEmpty();
    assertThat(ground.writes()).noneMatch(it -> it.startsWith("cgroup.kill"));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupThatHasGoneIsASuccess(HostKind kind) {
    Ground ground = Ground.on(kind);

    assertRemoved(ground, destroy(ground, PATIENCE));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aDestroyMayBeRepeated(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    Victims all = victims(ground);
    all.start(RUN);

    assertRemoved(ground, destroy(ground, PATIENCE));
    assertRemoved(ground, destroy(ground, PATIENCE));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void allProcessesDieAndAreNamed(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    Victims all = victims(ground);
    int first = all.start(RUN);
    int second = all.start(RUN);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(ground.fake.processes().pids()).isEmpty();
    assertThat(result.receipt().count()).isEqualTo(2);
    assertThat(result.receipt().victims())
        .containsExactlyInAnyOrder(
            new KillReceipt.Victim(first, "sleep"), new KillReceipt.Victim(second, "sleep"));
    assertThat(result.receipt().took()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"HYBRID", "V2"})
  void theKernelKillsAllAtOnceWhereItCan(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fake.processes().start(RUN, Victims.NOBODY);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().mechanism()).isEqualTo(KillReceipt.Mechanism.CGROUP_KILL);
    assertThat(ground.writes()).contains("cgroup.kill=1");
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"V1", "V1_TOGETHER"})
  void withoutThatTheyAreFrozenKilledAndThawed(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    int pid = victims(ground).start(RUN);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().mechanism()).isEqualTo(KillReceipt.Mechanism.FREEZER);
    assertThat(ground.writes()).containsSubsequence("freezer.state=FROZEN", "freezer.state=THAWED");
    assertThat(victims.getFirst().isAlive(pid)).isFalse();
  }

  @Test
  void aV2KernelBeforeCgroupKillFreezesToo() {
    Ground ground = Ground.on(FakeCgroupFs.v2().withKernel(new KernelVersion(5, 10))).withRun();
    victims(ground).start(RUN);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().mechanism()).isEqualTo(KillReceipt.Mechanism.FREEZER);
    assertThat(ground.writes()).containsSubsequence("cgroup.freeze=1", "cgroup.freeze=0");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunThatIsPausedDiesAllTheSame(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    victims(ground).start(RUN);
    ground.run.freezer().orElseThrow().freeze();

    assertRemoved(ground, destroy(ground, PATIENCE));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void nestedCgroupsGoChildrenFirst(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.run.child("a").child("b").ensure();
    ground.run.child("c").ensure();

    assertRemoved(ground, destroy(ground, PATIENCE));

    List<Path> order = removed(ground);
    for (Path directory : ground.run.directories()) {
      assertThat(order)
          .containsSubsequence(directory.resolve("a/b"), directory.resolve("a"), directory)
          .containsSubsequence(directory.resolve("c"), directory);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void processesOfNestedCgroupsDieToo(HostKind kind) {
    Ground ground = Ground.without(kind, dev.holdfast.cgroup.Controller.MEMORY).withRun();
    CgroupPath nested = RUN.child("a").child("b");
    ground.run.child("a").child("b").ensure();
    victims(ground).start(nested);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().count()).isEqualTo(1);
  }

  /// v1 holds back SIGKILL from what any of its freezers stopped, also one that the run made.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatTheRunFrozeByItselfDiesToo(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.run.child("inner").ensure();
    victims(ground).start(RUN.child("inner"));
    ground.run.child("inner").freezer().orElseThrow().freeze();

    assertRemoved(ground, destroy(ground, PATIENCE));
  }

  /// A hybrid host's processes may have left the cgroup2 tree alone.
  @Test
  void whoEscapedTheKernelsKillIsFoundOneByOne() {
    Ground ground = Ground.on(HostKind.HYBRID).withRun();
    int pid = victims(ground).start(RUN);
    ground.fake.processes().put(Path.of("/sys/fs/cgroup/unified"), pid);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aVictimIsGivenCpuTimeToDieWith(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    new LimitWriter(ground.run, RunId.random(), Ground.ledger())
        .apply(new SomeLimits().cpus("0.01", CpuMode.QUOTA).build());
    startStuck(ground);

    destroy(ground, SHORT);

    if (ground.isV2()) {
      assertThat(ground.read(CPU, "cpu.max")).startsWith("max ");
      assertThat(ground.read(CPU, "cpu.weight")).isEqualTo("10000");
    } else {
      assertThat(ground.read(CPU, "cpu.cfs_quota_us")).isEqualTo("-1");
      assertThat(ground.read(CPU, "cpu.shares")).isEqualTo("262144");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatCannotBeKilledIsNamedWhenTheTimeIsUp(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    int pid = victims(ground).start(RUN);
    ground.fake.processes().setStuck(pid, true);

    Destroyer.Result result = destroy(ground, SHORT);

    assertThat(result.failure())
        .hasValueSatisfying(failure ->
            assertThat(failure)
                .startsWith("cgroup holdfast/run could not be removed within ")
                .contains("it still holds ")
                .contains(Integer.toString(pid)));
    assertThat(result.receipt().count()).isEqualTo(1);
    assertThat(ground.run.exists()).isTrue();
    assertThat(ground.root.exists()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatCouldNotBeKilledIsNotLeftFrozenAndCanBeDestroyedLater(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    int pid = victims(ground).start(RUN);
    ground.fake.processes().setStuck(pid, true);
    assertThat(destroy(ground, SHORT).failure()).isPresent();

    if (kind == HostKind.V1 || kind == HostKind.V1_TOGETHER) {
      assertThat(ground.read(FREEZER, "freezer.state")).isEqualTo("THAWED");
    } else {
      assertThat(ground.fake.read(ground.run.freezer().orElseThrow().file()).strip())
          .isEqualTo("0");
    }

    ground.fake.processes().setStuck(pid, false);
    assertRemoved(ground, destroy(ground, PATIENCE));
  }

  private static void startStuck(Ground ground) {
    ground.fake.processes().start(RUN, Victims.NOBODY);
    ground.fake.processes().setStuck(Victims.NOBODY, true);
  }

  /// On v1 what stays frozen could not even take the signal that is on its way.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aPausedRunIsThawedAlsoWhenThereIsNoTimeForMore(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    startStuck(ground);
    ground.run.freezer().orElseThrow().freeze();

    assertThat(destroy(ground, Duration.ZERO).failure()).isPresent();

    assertThat(ground.fake.read(ground.run.freezer().orElseThrow().file()).strip())
        .isIn("THAWED", "0");
  }

  @Test
  void aReceiptNamesNoMoreThanItHasRoomFor() {
    Ground ground = Ground.on(HostKind.V2).withRun();
    int count = KillReceipt.MOST_VICTIMS + 5;
    for (int i = 0; i < count; i++) {
      ground.fake.processes().start(RUN, Victims.NOBODY + i);
    }

    KillReceipt receipt = destroy(ground, PATIENCE).receipt();

    assertThat(receipt.count()).isEqualTo(count);
    assertThat(receipt.victims()).hasSizeLessThanOrEqualTo(KillReceipt.MOST_VICTIMS);
  }

  @Test
  void anInterruptDoesNotEndItHalfWay() {
    Ground ground = Ground.on(HostKind.V1).withRun();
    victims(ground).start(RUN);
    Thread.currentThread().interrupt();

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertThat(Thread.interrupted()).isTrue();
    assertRemoved(ground, result);
  }

  /// With the flag set no pause is one.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void anInterruptIsToldOfAtTheEnd(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    startStuck(ground);
    AtomicBoolean duringTheLastPass = new AtomicBoolean(true);
    ground.fs.failWhen(
        it -> {
          if (it.verb() == Verb.REMOVE) {
            duringTheLastPass.set(Thread.currentThread().isInterrupted());
          }
          return false;
        },
        Errno.EIO);
    Thread.currentThread().interrupt();

    destroy(ground, Duration.ofMillis(300));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(duringTheLastPass).isFalse();
  }
}
