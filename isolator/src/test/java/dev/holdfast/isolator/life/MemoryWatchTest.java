package dev.holdfast.isolator.life;

import static dev.holdfast.cgroup.Controller.MEMORY;
import static dev.holdfast.isolator.life.Ground.ROOT;
import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryWatchTest {
  private static final int PID = Victims.NOBODY;
  private static final Bytes LIMIT = Bytes.ofMebibytes(64);

  @TempDir private Path proc;

  private final AtomicInteger notices = new AtomicInteger();

  /// A run with a limit of 64 MiB and one process.
  private Ground running(HostKind kind) {
    return running(Ground.on(kind));
  }

  private Ground running(Ground ground) {
    ground.withRun();
    new LimitWriter(ground.run, RunId.random(), Ground.ledger())
        .apply(new SomeLimits().memory("64m").build());
    ground.fake.processes().start(RUN, PID);
    new FakeProc(proc).add(PID, Bytes.ofMebibytes(60), "eater");
    return ground;
  }

  private MemoryWatch watch(Ground ground, OomMode mode) {
    return MemoryWatch.start(
            ground.run, ground.root, new FakeProc(proc).reader(), mode, notices::incrementAndGet)
        .orElseThrow();
  }

  /// A limit at the root of all runs, that the run reaches before its own.
  private static void limitRoot(Ground ground, Bytes limit) {
    ground.root.memory().orElseThrow().setLimits(Limit.at(limit), Optional.empty());
  }

  private static boolean killerIsOff(Ground ground) {
    return ground.read(MEMORY, "memory.oom_control").contains("oom_kill_disable 1");
  }

  // Beginning and end.

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutAMemoryControllerThereIsNothingToWatch(HostKind kind) {
    Ground ground = Ground.without(kind, MEMORY).withRun();

    assertThat(
            MemoryWatch.start(
                ground.run,
                ground.root,
                new FakeProc(proc).reader(),
                OomMode.REPORT,
                notices::incrementAndGet))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theKillerIsOffWhileAReportIsWanted(HostKind kind) {
    Ground ground = running(kind);

    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      assertThat(killerIsOff(ground)).isTrue();
      assertThat(watch.killerSwitchFile()).contains(ground.file(RUN, MEMORY, "memory.oom_control"));
    }
    assertThat(ground.fake.read(ground.file(ROOT, MEMORY, "memory.oom_control")))
        .contains("oom_kill_disable 0");
  }

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void cgroupsMadeInsideGetTheKernelsKillerBack(HostKind kind) {
    Ground ground = running(kind);

    try (NestedCgroups nested = new NestedCgroups();
        MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      nested.lookAfter(watch);
      CgroupPath inside = RUN.child("made-inside");
      ground.fake.makeDirectory(ground.file(RUN, MEMORY, "made-inside"));
      Path control = ground.file(inside, MEMORY, "memory.oom_control");
      assertThat(ground.fake.read(control)).contains("oom_kill_disable 1");
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(ground.fake.read(control)).contains("oom_kill_disable 0"));
      assertThat(killerIsOff(ground)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void nobodyLooksAfterAWatchThatIsClosed(HostKind kind) {
    Ground ground = running(kind);
    MemoryWatch watch = watch(ground, OomMode.REPORT);
    assertThat(watch.leaveNestedToKernel()).isTrue();

    watch.close();

    assertThat(watch.leaveNestedToKernel()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theKernelDecidesWhenThatIsWanted(HostKind kind) {
    Ground ground = running(kind);

    try (MemoryWatch watch = watch(ground, OomMode.KERNEL)) {
      assertThat(watch.killerSwitchFile()).isEmpty();
      if (ground.isV2()) {
        assertThat(ground.read(MEMORY, "memory.oom.group")).isEqualTo("0");
      } else {
        assertThat(killerIsOff(ground)).isFalse();
      }
    }
  }

  @Test
  void v2KillsAllTogetherWhenAReportIsWanted() {
    Ground ground = running(HostKind.V2);

    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      assertThat(ground.read(MEMORY, "memory.oom.group")).isEqualTo("1");
      assertThat(watch.killerSwitchFile()).as("it has none").isEmpty();
    }
  }

  @Test
  void anOldV2KernelCannotKillTogetherAndIsWatchedAllTheSame() {
    Ground ground = running(Ground.on(HostKind.V2.fake().withKernel(new KernelVersion(4, 18))));

    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      assertThat(watch.inspect()).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void nobodyIsToldAfterTheClose(HostKind kind) {
    Ground ground = running(kind);
    watch(ground, OomMode.REPORT).close();

    ground.fake.triggerOom(RUN);

    assertThat(notices).hasValue(0);
  }

  // The run's own limit.

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aRunAtItsLimitIsHeldAndDescribed(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      assertThat(notices).hasPositiveValue();

      OomReport report = watch.inspect().orElseThrow();

      assertThat(report.limit()).isEqualTo(Limit.at(LIMIT));
      assertThat(report.usage()).contains(LIMIT);
      assertThat(report.age()).contains(Duration.ZERO);
      assertThat(report.complete()).isTrue();
      assertThat(report.processes())
          .extracting(OomReport.Holder::pid, OomReport.Holder::command)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(PID, "eater"));
      assertThat(ground.fake.processes().isAlive(PID)).isTrue();
      assertThat(watch.evidence()).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  /// A system call of the leader that needs memory fails while the others are held: it may end over
  /// that before anybody has looked.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aLeaderThatEndsWhileItsTreeIsHeldLeavesAReportWithoutAKill(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);

      assertThat(watch.evidenceOfOwnEnd(false))
          .satisfies(evidence -> {
            assertThat(evidence.kills()).isZero();
            assertThat(evidence.scope()).isEqualTo(Verdict.Scope.OWN_LIMIT);
            assertThat(evidence.report()).isPresent();
          });
      assertThat(watch.evidence()).as("of a run that we end").isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  /// The end of the leader itself gives the others room: none is held any more.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aLeaderThatFreesItsTreeByItsEndLeavesAReport(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      ground.fake.setUsage(RUN, Bytes.ofMebibytes(50));
      assertThat(ground.read(MEMORY, "memory.oom_control")).contains("under_oom 0");

      assertThat(watch.evidenceOfOwnEnd(false))
          .satisfies(evidence -> {
            assertThat(evidence.decides()).isTrue();
            assertThat(evidence.report().orElseThrow().processes()).hasSize(1);
          });
    }
  }

  /// The kernel has told nobody: the leader was the first at the limit, and could not wait there.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aLeaderThatFaultsAtTheLimitLeavesAReportEvenWithoutANotice(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch _ = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      ground.fake.setUsage(RUN, Bytes.ofMebibytes(50));
    }
    try (MemoryWatch deaf = watch(ground, OomMode.REPORT)) {
      assertThat(deaf.evidenceOfOwnEnd(true).decides()).isTrue();
      assertThat(deaf.evidenceOfOwnEnd(false)).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaderThatEndsWithRoomLeftLeavesNoEvidence(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.setUsage(RUN, LIMIT);

      assertThat(watch.evidenceOfOwnEnd(false)).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaderThatTheKernelKilledLeavesTheSameEvidenceEitherWay(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.KERNEL)) {
      ground.fake.triggerOom(RUN);

      assertThat(watch.evidenceOfOwnEnd(false).kills())
          .isEqualTo(watch.evidence().kills())
          .isPositive();
      assertThat(watch.evidenceOfOwnEnd(false).scope()).isEqualTo(Verdict.Scope.OWN_LIMIT);
    }
  }

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void evidenceThatCannotBeReadIsNone(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      ground.fs.failWhen(it -> it.path().endsWith("memory.limit_in_bytes"), Errno.EIO);

      assertThat(watch.evidenceOfOwnEnd(false)).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  @Test
  void v2KillsAndTheReportHasTheLastLookBeforeIt() {
    Ground ground = running(HostKind.V2);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      assertThat(notices).hasPositiveValue();

      OomReport report = watch.inspect().orElseThrow();

      assertThat(report.limit()).isEqualTo(Limit.at(LIMIT));
      assertThat(report.peak()).contains(LIMIT);
      assertThat(report.age()).as("nobody had looked before").isEmpty();
      assertThat(report.complete()).isFalse();
      assertThat(watch.evidence())
          .satisfies(evidence -> {
            assertThat(evidence.kills()).isPositive();
            assertThat(evidence.scope()).isEqualTo(Verdict.Scope.OWN_LIMIT);
            assertThat(evidence.report()).isPresent();
          });
    }
  }

  /// A run that lives at its limit is looked at before the kernel kills.
  @Test
  void v2IsLookedAtWhenTheLimitStandsInTheWay() {
    Ground ground = running(HostKind.V2);
    try (MemoryWatch watch = watch(ground, OomMode.KERNEL)) {
      ground.fake.processes().start(RUN, PID + 1);
      ground.fake.triggerOom(RUN);
      assertThat(watch.inspect()).as("the kernel decides").isEmpty();

      assertThat(watch.evidence().report())
          .hasValueSatisfying(report -> {
            assertThat(report.processes()).isNotEmpty();
            assertThat(report.age()).hasValueSatisfying(age -> assertThat(age).isPositive());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void inKernelModeAKillAtTheOwnLimitEndsNothingButIsEvidence(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.KERNEL)) {
      ground.fake.triggerOom(RUN);
      assertThat(ground.fake.processes().isAlive(PID)).isFalse();

      // by now what the victim held is free again
      assertThat(watch.inspect()).isEmpty();

      assertThat(watch.evidence())
          .satisfies(evidence -> {
            assertThat(evidence.kills()).isEqualTo(1);
            assertThat(evidence.scope()).isEqualTo(Verdict.Scope.OWN_LIMIT);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aRunThatGotRoomAgainBeforeAnybodyLookedGoesOn(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      ground.fake.setUsage(RUN, Bytes.ofMebibytes(10));

      assertThat(watch.inspect()).isEmpty();
    }
  }

  /// The seed listened for one notice, and not again when that came to nothing.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aRunThatComesToItsLimitAgainIsHeardAgain(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      for (int time = 0; time < 3; time++) {
        ground.fake.triggerOom(RUN);
        ground.fake.setUsage(RUN, Bytes.ofMebibytes(10));
        assertThat(watch.inspect()).isEmpty();
      }
      int before = notices.get();
      ground.fake.triggerOom(RUN);

      assertThat(notices).hasValueGreaterThan(before);
      assertThat(watch.inspect()).isPresent();
    }
  }

  /// As when this process stood still: the launcher has left the run to the kernel, which has not
  /// counted the kill yet when somebody looks.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aKillThatTheKernelCountsAfterTheLookIsOfTheRunsOwnLimit(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      requireLateKillIsOfTheOwnLimit(ground, watch);
    }
  }

  /// The look at a run that was taken over follows no word of the kernel's.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theFirstLookAtARunThatWasTakenOverBlamesNoCgroupAbove(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch =
        MemoryWatch.resume(
                ground.run,
                ground.root,
                new FakeProc(proc).reader(),
                OomMode.REPORT,
                notices::incrementAndGet)
            .orElseThrow()) {
      assertThat(watch.inspect()).isEmpty();

      requireLateKillIsOfTheOwnLimit(ground, watch);
    }
  }

  private static void requireLateKillIsOfTheOwnLimit(Ground ground, MemoryWatch watch) {
    Path killerSwitch = ground.file(RUN, MEMORY, "memory.oom_control");
    ground.fake.write(killerSwitch, "0");
    assertThat(watch.inspect()).isEmpty();
    assertThat(killerIsOff(ground)).isTrue();

    ground.fake.write(killerSwitch, "0");
    ground.fake.triggerOom(RUN);
    ground.fake.write(killerSwitch, "1");

    assertThat(watch.evidenceOfOwnEnd(false))
        .satisfies(evidence -> {
          assertThat(evidence.kills()).isPositive();
          assertThat(evidence.scope()).isEqualTo(Verdict.Scope.OWN_LIMIT);
          assertThat(evidence.decides()).isTrue();
        });
  }

  /// The killer has to be off before anybody looks whether it has killed.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theKillerIsOffAgainBeforeItsKillsAreCounted(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.write(ground.file(RUN, MEMORY, "memory.oom_control"), "0");
      ground.fake.triggerOom(RUN);

      assertThat(watch.inspect()).isPresent();

      assertThat(killerIsOff(ground)).isTrue();
    }
  }

  // A limit above, and the host.

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupAboveThatRunsOutIsNotTheRunsOwnLimit(HostKind kind) {
    for (OomMode mode : OomMode.values()) {
      Ground ground = running(kind);
      limitRoot(ground, Bytes.ofMebibytes(40));
      try (MemoryWatch watch = watch(ground, mode)) {
        ground.fake.triggerOom(RUN);

        assertThat(watch.inspect()).as("%s", mode).isEmpty();

        assertThat(ground.fake.processes().isAlive(PID)).isFalse();
        assertThat(watch.evidence().kills()).as("%s", mode).isPositive();
        assertThat(watch.evidence().scope()).as("%s", mode).isEqualTo(Verdict.Scope.ANCESTOR);
      }
    }
  }

  /// As that of a service below which the root of all runs is.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupAboveTheRootCounts(HostKind kind) {
    Ground ground = running(kind);
    Cgroup root = ground.root.child("service").child("root");
    Cgroup run = root.child("run");
    run.ensure();
    run.memory().orElseThrow().setLimits(Limit.at(LIMIT), Optional.empty());
    limitRoot(ground, Bytes.ofMebibytes(40));
    ground.fake.processes().start(run.path(), PID + 1);
    try (MemoryWatch watch =
        MemoryWatch.start(run, root, new FakeProc(proc).reader(), OomMode.REPORT, () -> {})
            .orElseThrow()) {
      ground.fake.triggerOom(run.path());

      assertThat(watch.inspect()).isEmpty();
      assertThat(watch.evidence().kills()).isPositive();
      assertThat(watch.evidence().scope()).isEqualTo(Verdict.Scope.ANCESTOR);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aKillByTheHostIsTheHosts(HostKind kind) {
    for (OomMode mode : OomMode.values()) {
      Ground ground = running(kind);
      ground.fake.setUsage(RUN, Bytes.ofMebibytes(10));
      try (MemoryWatch watch = watch(ground, mode)) {
        ground.fake.killForHost(RUN);
        if (notices.get() > 0) { // v1 tells nobody
          assertThat(watch.inspect()).isEmpty();
        }

        assertThat(watch.evidence().kills()).isPositive();
        assertThat(watch.evidence().scope()).as("%s", mode).isEqualTo(Verdict.Scope.HOST);
      }
    }
  }

  /// The root's own count goes on from run to run.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatHappenedAboveBeforeTheRunIsNotItsAncestorsDoing(HostKind kind) {
    Ground ground = running(kind);
    limitRoot(ground, Bytes.ofMebibytes(40));
    ground.fake.triggerOom(RUN);
    ground.fake.processes().start(RUN, PID + 1);
    long before = ground.run.memory().orElseThrow().events().oomKills();
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.killForHost(RUN);

      assertThat(watch.evidence().kills()).isGreaterThan(before);
      assertThat(watch.evidence().scope()).isEqualTo(Verdict.Scope.HOST);
    }
  }

  /// With the killer off nobody kills at the run's own limit, however often page cache brought it
  /// there.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aKillByTheHostIsTheHostsThoughPageCacheTouchedTheLimit(HostKind kind) {
    Ground ground = running(kind);
    ground.fake.setPageCache(RUN, LIMIT);
    ground.fake.setPageCache(RUN, Bytes.ZERO);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.killForHost(RUN);

      assertThat(watch.evidence().scope()).isEqualTo(Verdict.Scope.HOST);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutAKillThereIsNoEvidence(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.setUsage(RUN, LIMIT);

      assertThat(watch.inspect()).isEmpty();
      assertThat(watch.evidence()).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  // When the kernel refuses.

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupThatHasGoneIsNoReport(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.processes().kill(PID);
      ground.run.remove();

      assertThat(watch.inspect()).isEmpty();
      assertThat(watch.evidence()).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }

  /// A run that is held at its limit and cannot be looked at would hang for ever.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void aRunThatCannotBeDescribedIsLeftToTheKernel(HostKind kind) {
    Ground ground = running(kind);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fake.triggerOom(RUN);
      ground.fs.failWhen(
          it -> it.verb() == Verb.READ && it.path().endsWith("memory.limit_in_bytes"), Errno.EIO);

      assertThat(watch.inspect()).isEmpty();

      assertThat(killerIsOff(ground)).isFalse();
      assertThat(ground.fake.processes().isAlive(PID)).isFalse();
    }
  }

  @Test
  void countersThatCannotBeReadEndNothing() {
    Ground ground = running(HostKind.V2);
    try (MemoryWatch watch = watch(ground, OomMode.REPORT)) {
      ground.fs.failWhen(it -> it.path().endsWith("memory.events"), Errno.EIO);

      assertThat(watch.inspect()).isEmpty();
      assertThat(watch.evidence()).isEqualTo(MemoryWatch.Evidence.NONE);
    }
  }
}
