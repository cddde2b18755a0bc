package dev.holdfast.isolator.life;

import static dev.holdfast.cgroup.Controller.CPU;
import static dev.holdfast.cgroup.Controller.CPUSET;
import static dev.holdfast.cgroup.Controller.MEMORY;
import static dev.holdfast.cgroup.Controller.PIDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Changes to the limits of a run that lives.
class LimitUpdateTest {
  private final CpuLedger ledger = Ground.ledger();
  private final RunId id = RunId.random();

  private static SomeLimits limits() {
    return new SomeLimits();
  }

  private Ground running(HostKind kind, SomeLimits limits) {
    Ground ground = Ground.on(kind).withRun();
    new LimitWriter(ground.run, id, ledger).apply(limits.build());
    return ground;
  }

  private Optional<String> update(Ground ground, SomeLimits limits) {
    return new LimitWriter(ground.run, id, ledger).update(limits.build());
  }

  private static String limit(Ground ground) {
    return ground.read(MEMORY, ground.isV2() ? "memory.max" : "memory.limit_in_bytes");
  }

  private static String memoryAndSwap(Ground ground) {
    return ground.read(MEMORY, ground.isV2() ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
  }

  private static List<String> memoryWrites(Ground ground, int since) {
    List<String> writes = ground.writes();
    return writes.subList(since, writes.size()).stream()
        .filter(it -> it.startsWith("memory.") && !it.startsWith("memory.soft"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryIsRaisedAtOnce(HostKind kind) {
    Ground ground = running(kind, limits().memory("64m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(64));

    assertThat(update(ground, limits().memory("128m"))).isEmpty();

    assertThat(limit(ground)).isEqualTo("134217728");
    assertThat(memoryAndSwap(ground)).isEqualTo(ground.isV2() ? "0" : "134217728");
  }

  /// The seed's hard limit came before the first process or never: later it was only raised.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theFirstLimitOfALiveRunIsAHardOne(HostKind kind) {
    Ground ground = running(kind, limits().pids(10));
    ground.fake.processes().start(Ground.RUN);
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(10));

    assertThat(update(ground, limits().memory("64m"))).isEmpty();

    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(memoryAndSwap(ground)).isEqualTo(ground.isV2() ? "0" : "67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryIsLoweredWhileLessIsInUse(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(63));

    assertThat(update(ground, limits().memory("64m"))).isEmpty();

    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(memoryAndSwap(ground)).isEqualTo(ground.isV2() ? "0" : "67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryThatIsInUseIsNotTakenAway(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.processes().start(Ground.RUN);
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));

    assertThat(update(ground, limits().memory("64m")))
        .contains(
            "the memory limit stays at 128 MiB: 100 MiB are in use, more than the 64 MiB asked"
                + " for");
    assertThat(limit(ground)).isEqualTo("134217728");
    assertThat(ground.run.processes()).as("nobody was killed for it").hasSize(1);

    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(50));
    assertThat(update(ground, limits().memory("64m"))).isEmpty();
    assertThat(limit(ground)).isEqualTo("67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryIsLoweredToWhatIsInUse(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.processes().start(Ground.RUN);
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(64));

    assertThat(update(ground, limits().memory("64m"))).isEmpty();

    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(ground.run.processes()).hasSize(1);
  }

  @Test
  void whileALimitWaitsV2KeepsTheRunFromGrowing() {
    Ground ground = running(HostKind.V2, limits().memory("128m"));
    ground.fake.processes().start(Ground.RUN);
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));
    assertThat(high(ground)).isEqualTo("max");

    assertThat(update(ground, limits().memory("64m"))).isPresent();
    assertThat(high(ground)).as("what is in use").isEqualTo("104857600");

    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(80));
    assertThat(update(ground, limits().memory("64m"))).isPresent();
    assertThat(high(ground)).as("less is in use").isEqualTo("83886080");

    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(60));
    assertThat(update(ground, limits().memory("64m"))).isEmpty();
    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(high(ground)).as("none waits").isEqualTo("max");
    assertThat(ground.run.processes()).as("nobody was killed for it").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"128m", "256m"})
  void aLimitThatIsWithdrawnOrRaisedEndsTheReclaim(String memory) {
    Ground ground = running(HostKind.V2, limits().memory("128m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));
    assertThat(update(ground, limits().memory("64m"))).isPresent();

    assertThat(update(ground, limits().memory(memory))).isEmpty();

    assertThat(high(ground)).isEqualTo("max");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void pageCacheIsNoReasonToWait(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.processes().start(Ground.RUN);
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(30));
    ground.fake.setPageCache(Ground.RUN, Bytes.ofMebibytes(70));
    SomeLimits less = limits().memory("64m");
    assertThat(new LimitWriter(ground.run, id, ledger).plan(less.build())).isEmpty();

    assertThat(update(ground, less)).isEmpty();

    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(ground.run.processes()).hasSize(1);
  }

  /// Another limit that somebody has changed is set again meanwhile.
  @Test
  void aLimitThatWaitsIsNotForgottenOverDrift() {
    Ground ground = running(HostKind.V2, limits().memory("128m").pids(10));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));
    RunLimits run =
        new RunLimits(
            ground.run,
            id,
            ledger,
            limits().memory("128m").pids(10).build(),
            () -> CpuSet.parse("0-3"),
            () -> CpuSet.of(List.of()));
    assertThat(run.update(limits().memory("64m").build()).memoryDeferred()).isPresent();
    ground.run.pids().orElseThrow().setLimit(Limit.unlimited());

    assertThat(run.restore()).isNotEmpty();

    assertThat(ground.read(PIDS, "pids.max")).isEqualTo("10");
    assertThat(high(ground)).isEqualTo("104857600");
  }

  /// It has been lifted so that the victims can die.
  @ParameterizedTest
  @EnumSource(Run.Phase.class)
  void aLimitIsRestoredOnlyWhileTheRunIsToHaveIt(Run.Phase phase) {
    Ground ground = running(HostKind.V2, limits().cpus("0.5", CpuMode.QUOTA));
    RunHandle run = new RunHandle(id, new ExecutorId("f", "e"), new RunTimes());
    run.show(
        new RunLimits(
            ground.run,
            id,
            ledger,
            limits().cpus("0.5", CpuMode.QUOTA).build(),
            () -> CpuSet.parse("0-3"),
            () -> CpuSet.of(List.of())));
    run.show(phase);
    ground.run.cpu().orElseThrow().setBandwidth(Limit.unlimited());

    boolean restored = !run.restoreLimits().isEmpty();

    assertThat(restored).isEqualTo(phase == Run.Phase.RUNNING || phase == Run.Phase.STOPPING);
    assertThat(ground.read(CPU, "cpu.max")).startsWith(restored ? "50000 " : "max ");
  }

  @Test
  void aLimitThatIsRefusedDoesNotKeepTheRunFromGrowing() {
    Ground ground = running(HostKind.V2, limits().memory("128m"));
    ground.fs.failWhen(
        it -> it.verb() == Verb.WRITE && it.path().endsWith("memory.max"), Errno.EIO);

    assertThatThrownBy(() -> update(ground, limits().memory("64m")))
        .isInstanceOf(CgroupException.class);

    assertThat(high(ground)).isEqualTo("max");
  }

  private static String high(Ground ground) {
    return ground.read(MEMORY, "memory.high");
  }

  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theSoftLimitIsLoweredAlsoWhenTheHardOneIsNot(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));

    assertThat(update(ground, limits().memory("64m"))).isPresent();

    assertThat(ground.read(MEMORY, "memory.soft_limit_in_bytes")).isEqualTo("67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aReservationIsKeptWhenTheHardLimitIsNotLowered(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));

    assertThat(update(ground, limits().memory("64m").memoryReservation("48m"))).isPresent();

    assertThat(ground.read(MEMORY, ground.isV2() ? "memory.low" : "memory.soft_limit_in_bytes"))
        .isEqualTo("50331648");
  }

  /// v1 refuses a memory limit above that on memory and swap, at every instant.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theLimitOnBothIsRaisedFirstAndLoweredLast(HostKind kind) {
    Ground ground = running(kind, limits().memory("64m"));
    int before = ground.writes().size();

    update(ground, limits().memory("128m"));
    assertThat(memoryWrites(ground, before))
        .containsExactly(
            "memory.memsw.limit_in_bytes=134217728", "memory.limit_in_bytes=134217728");

    before = ground.writes().size();
    update(ground, limits().memory("96m"));
    assertThat(memoryWrites(ground, before))
        .containsExactly(
            "memory.limit_in_bytes=100663296", "memory.memsw.limit_in_bytes=100663296");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void anyPairOfLimitsFollowsAnyOther(HostKind kind) {
    List<SomeLimits> pairs =
        List.of(
            limits().memory("64m"),
            limits().memory("128m").memoryAndSwap("256m"),
            limits().memory("192m").unlimitedSwap(),
            limits().memory("256m"),
            limits().memory("32m").memoryAndSwap("512m"));
    for (SomeLimits from : pairs) {
      for (SomeLimits to : pairs) {
        Ground ground = running(kind, from);

        assertThat(update(ground, to)).isEmpty();

        Ground fresh = running(kind, to);
        assertThat(limit(ground)).isEqualTo(limit(fresh));
        assertThat(memoryAndSwap(ground)).isEqualTo(memoryAndSwap(fresh));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatTheUpdateDoesNotNameStaysAsItIs(HostKind kind) {
    Ground ground =
        running(kind, limits().cpus("0.5", CpuMode.QUOTA).memory("64m").pids(10).cpusetCpus("1"));

    assertThat(update(ground, limits().pids(20))).isEmpty();

    assertThat(ground.read(PIDS, "pids.max")).isEqualTo("20");
    assertThat(limit(ground)).isEqualTo("67108864");
    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("1");
    assertThat(ground.read(CPU, ground.isV2() ? "cpu.max" : "cpu.cfs_quota_us"))
        .startsWith("50000");
  }

  private List<String> restore(Ground ground, SomeLimits limits) {
    return new LimitWriter(ground.run, id, ledger).restore(limits.build());
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whateverSomebodyElseHasChangedIsSetAgain(HostKind kind) {
    SomeLimits limits =
        limits()
            .cpus("0.5", CpuMode.QUOTA)
            .cpuBurst(Duration.ofMillis(20))
            .cpusetCpus("1-2")
            .memory("64m")
            .memoryReservation("48m")
            .memoryAndSwap("128m")
            .pids(10);
    Ground ground = running(kind, limits);
    assertThat(restore(ground, limits)).isEmpty();

    CpuController cpu = ground.run.cpu().orElseThrow();
    MemoryController memory = ground.run.memory().orElseThrow();
    Map<String, Runnable> meddling =
        Map.of(
            "cpu weight", () -> cpu.setShares(CpuShares.ofWeight(7)),
            "cpu quota", () -> cpu.setBandwidth(Limit.at(new CpuBandwidth(40_000, 100_000))),
            "cpu burst", () -> cpu.setBurst(Duration.ofMillis(3)),
            "cpus to run on", () -> ground.run.cpuset().orElseThrow().setCpus(CpuSet.parse("0")),
            "limit on memory and swap",
                () ->
                    memory.setLimits(
                        Limit.at(Bytes.parse("64m")), Optional.of(Limit.at(Bytes.parse("256m")))),
            "memory limit", () -> memory.setLimits(Limit.at(Bytes.parse("96m")), Optional.empty()),
            "memory reservation", () -> memory.setReservation(Bytes.parse("1m")),
            "limit on pids", () -> ground.run.pids().orElseThrow().setLimit(Limit.unlimited()));
    meddling.forEach((what, change) -> {
      change.run();

      assertThat(restore(ground, limits))
          .as(what)
          .isNotEmpty()
          .anyMatch(it -> it.startsWith("the " + what + " was "));
      assertThat(restore(ground, limits)).as(what).isEmpty();
    });
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aMemoryLimitThatWaitsIsNoDrift(HostKind kind) {
    Ground ground = running(kind, limits().memory("128m"));
    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(100));
    SomeLimits less = limits().memory("64m");
    assertThat(update(ground, less)).isPresent();

    assertThat(restore(ground, less)).isEmpty();

    ground.fake.setUsage(Ground.RUN, Bytes.ofMebibytes(50));
    assertThat(restore(ground, less)).isNotEmpty();
    assertThat(limit(ground)).isEqualTo("67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aQuotaIsChangedInBothDirections(HostKind kind) {
    Ground ground =
        running(kind, limits().cpus("1", CpuMode.QUOTA).cpuBurst(Duration.ofMillis(80)));

    update(ground, limits().cpus("2", CpuMode.QUOTA));
    assertThat(ground.read(CPU, ground.isV2() ? "cpu.max" : "cpu.cfs_quota_us"))
        .startsWith("200000");
    // the kernel refuses a quota below the burst
    update(ground, limits().cpus("0.5", CpuMode.QUOTA));
    assertThat(ground.read(CPU, ground.isV2() ? "cpu.max" : "cpu.cfs_quota_us"))
        .startsWith("50000");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCapIsTakenAwayWhenOnlyAClaimIsAskedFor(HostKind kind) {
    Ground ground = running(kind, limits().cpus("0.5", CpuMode.QUOTA));

    update(ground, limits().cpus("0.5"));

    assertThat(ground.read(CPU, ground.isV2() ? "cpu.max" : "cpu.cfs_quota_us"))
        .isEqualTo(ground.isV2() ? "max 100000" : "-1");
  }

  /// In one hierarchy a run is under every controller.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V1_TOGETHER", mode = EnumSource.Mode.EXCLUDE)
  void whatNeedsAControllerThatTheRunIsNotUnderIsRefusedAsAWhole(HostKind kind) {
    Ground ground = Ground.without(kind, CPUSET).withRun();
    int writes = ground.writes().size();
    Limits limits = limits().cpus("0.5", CpuMode.QUOTA).cpusetCpus("0").build();
    LimitWriter writer = new LimitWriter(ground.run, id, ledger);

    for (Executable change :
        List.<Executable>of(() -> writer.plan(limits), () -> writer.update(limits))) {
      assertThatThrownBy(change::execute)
          .isInstanceOf(IsolatorException.class)
          .hasMessage(
              "the run is not under the cpuset controller: it was launched without a list of cpus"
                  + " and not pinned");
    }
    assertThat(ground.writes()).hasSize(writes);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aPlanSaysThatThereAreNoCpusToPin(HostKind kind) {
    Ground ground = running(kind, limits().cpus("1", CpuMode.PINNED));
    Limits tooMany = limits().cpus("5", CpuMode.PINNED).build();

    assertThatThrownBy(() -> new LimitWriter(ground.run, id, ledger).plan(tooMany))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("cpus to pin are not to be had");
    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aPinnedRunGrowsAndShrinks(HostKind kind) {
    Ground ground = running(kind, limits().cpus("1", CpuMode.PINNED));

    update(ground, limits().cpus("3", CpuMode.PINNED));
    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("0-2");
    update(ground, limits().cpus("2", CpuMode.PINNED));
    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("0-1");
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(2));
  }

  @Test
  void aPinnedRunThatCannotGrowStaysWhereItIs() {
    Ground ground = running(HostKind.V1, limits().cpus("1", CpuMode.PINNED));
    ledger.assign(RunId.random(), Cpus.ofWhole(2));

    assertThatThrownBy(() -> update(ground, limits().cpus("3", CpuMode.PINNED)))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("1 are free");
    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("0");
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(1));
  }
}
