package dev.holdfast.isolator.life;

import static dev.holdfast.cgroup.Controller.CPU;
import static dev.holdfast.cgroup.Controller.CPUSET;
import static dev.holdfast.cgroup.Controller.MEMORY;
import static dev.holdfast.cgroup.Controller.PIDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.testkit.FakeCgroupFs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The limits of a new cgroup, in which nothing runs.
class LimitWriterTest {
  private static final String UNLIMITED_V1 = "9223372036854771712";

  private final CpuLedger ledger = Ground.ledger();

  private static SomeLimits limits() {
    return new SomeLimits();
  }

  private void apply(Ground ground, SomeLimits limits) {
    apply(ground.run, limits.build());
  }

  private void apply(Cgroup cgroup, Limits limits) {
    new LimitWriter(cgroup, RunId.random(), ledger).apply(limits);
  }

  private static void assertMemory(Ground ground, String limit, String memoryAndSwap) {
    if (ground.isV2()) {
      assertThat(ground.read(MEMORY, "memory.max")).isEqualTo(limit);
      assertThat(ground.read(MEMORY, "memory.swap.max"))
          .isEqualTo(
              memoryAndSwap.equals("max")
                  ? "max"
                  : Long.toString(Long.parseLong(memoryAndSwap) - Long.parseLong(limit)));
    } else {
      assertThat(ground.read(MEMORY, "memory.limit_in_bytes")).isEqualTo(limit);
      assertThat(ground.read(MEMORY, "memory.memsw.limit_in_bytes"))
          .isEqualTo(memoryAndSwap.equals("max") ? UNLIMITED_V1 : memoryAndSwap);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void nothingIsWrittenThatNobodyAskedFor(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    int before = ground.fs.operations().size();

    apply(ground, limits());

    assertThat(ground.fs.operations()).hasSize(before);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aHostWithoutAControllerThatNobodyNeedsWillDo(HostKind kind) {
    Ground ground = Ground.without(kind, CPU, CPUSET, MEMORY, PIDS).withRun();

    apply(ground, limits());

    assertThat(new LimitWriter(ground.run, RunId.random(), ledger).update(limits().build()))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void cpusAreSharesOrTheirWeight(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().cpus("0.5"));

    if (ground.isV2()) {
      assertThat(ground.read(CPU, "cpu.weight")).isEqualTo("50");
      assertThat(ground.read(CPU, "cpu.max")).isEqualTo("max 100000");
    } else {
      assertThat(ground.read(CPU, "cpu.shares")).isEqualTo("512");
      assertThat(ground.read(CPU, "cpu.cfs_quota_us")).isEqualTo("-1");
    }
  }

  /// v2 knows no finer claim than a hundredth of a CPU: what is read back is compared as that.
  @ParameterizedTest
  @CsvSource({"0.001, 10, 1", "0.1, 102, 10", "1, 1024, 100", "2.5, 2560, 250", "3.999, 4094, 400"})
  void anyNumberOfCpusIsReadBack(String cpus, String shares, String weight) {
    Ground v1 = Ground.on(HostKind.V1).withRun();
    Ground v2 = Ground.on(HostKind.V2).withRun();

    apply(v1, limits().cpus(cpus));
    apply(v2, limits().cpus(cpus));

    assertThat(v1.read(CPU, "cpu.shares")).isEqualTo(shares);
    assertThat(v2.read(CPU, "cpu.weight")).isEqualTo(weight);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aQuotaIsACapBesideTheClaim(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().cpus("1.5", CpuMode.QUOTA).cpuBurst(Duration.ofMillis(20)));

    if (ground.isV2()) {
      assertThat(ground.read(CPU, "cpu.weight")).isEqualTo("150");
      assertThat(ground.read(CPU, "cpu.max")).isEqualTo("150000 100000");
      assertThat(ground.read(CPU, "cpu.max.burst")).isEqualTo("20000");
    } else {
      assertThat(ground.read(CPU, "cpu.shares")).isEqualTo("1536");
      assertThat(ground.read(CPU, "cpu.cfs_quota_us")).isEqualTo("150000");
      assertThat(ground.read(CPU, "cpu.cfs_period_us")).isEqualTo("100000");
      assertThat(ground.read(CPU, "cpu.cfs_burst_us")).isEqualTo("20000");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aListOfCpusIsWhereItRuns(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().cpusetCpus("1,3"));

    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("1,3");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aPinnedRunGetsCpusOfItsOwn(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().cpus("2.5", CpuMode.PINNED));

    assertThat(ground.read(CPUSET, "cpuset.cpus")).isEqualTo("0-2");
    assertThat(ledger.free()).isEqualTo(Cpus.parse("1.5"));
    assertThatThrownBy(() -> apply(ground, limits().cpus("2", CpuMode.PINNED)))
        .isInstanceOf(IsolatorException.class)
        .hasMessageContaining("1.5 are free");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryIsAHardLimitAndSwapIsNoWayAroundIt(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("96m"));

    assertMemory(ground, "100663296", "100663296");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theSoftLimitGoesWithTheHardOneWhereThereIsOne(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("96m"));

    if (ground.isV2()) {
      assertThat(ground.read(MEMORY, "memory.high")).isEqualTo("max");
      assertThat(ground.read(MEMORY, "memory.low")).isEqualTo("0");
    } else {
      assertThat(ground.read(MEMORY, "memory.soft_limit_in_bytes")).isEqualTo("100663296");
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void lessThanTheMinimumOfMemoryIsTheMinimum(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("16m"));

    assertMemory(ground, "33554432", "33554432");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryThatIsNoWholePagesIsRoundedUp(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("67108865").memoryAndSwap("67112961"));

    assertMemory(ground, "67112960", "67117056");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryAndSwapTogetherMayBeMore(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("64m").memoryAndSwap("128m"));

    assertMemory(ground, "67108864", "134217728");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void memoryAndSwapBelowTheMinimumIsNoSwap(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("8m").memoryAndSwap("16m"));

    assertMemory(ground, "33554432", "33554432");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void swapMayBeUnlimited(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("64m").unlimitedSwap());

    assertMemory(ground, "67108864", "max");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutSwapAccountingMemoryAloneIsLimited(HostKind kind) {
    Ground ground = Ground.on(kind.fake().withoutSwapAccounting()).withRun();

    apply(ground, limits().memory("64m"));
    apply(ground, limits().memory("64m").unlimitedSwap());

    assertThat(ground.read(MEMORY, ground.isV2() ? "memory.max" : "memory.limit_in_bytes"))
        .isEqualTo("67108864");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void withoutSwapAccountingALimitOnSwapIsRefused(HostKind kind) {
    Ground ground = Ground.on(kind.fake().withoutSwapAccounting()).withRun();

    assertThatThrownBy(() -> apply(ground, limits().memory("64m").memoryAndSwap("128m")))
        .isInstanceOf(IsolatorException.class)
        .hasMessage("the kernel does not account swap: boot with swapaccount=1 to limit it");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aReservationIsSoftLimitOrProtection(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memory("96m").memoryReservation("64m"));

    assertThat(ground.read(MEMORY, ground.isV2() ? "memory.low" : "memory.soft_limit_in_bytes"))
        .isEqualTo("67108864");
    assertMemory(ground, "100663296", "100663296");
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aReservationNeedsNoLimit(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().memoryReservation("64m"));

    assertThat(ground.read(MEMORY, ground.isV2() ? "memory.low" : "memory.soft_limit_in_bytes"))
        .isEqualTo("67108864");
    assertThat(ground.read(MEMORY, ground.isV2() ? "memory.max" : "memory.limit_in_bytes"))
        .isEqualTo(ground.isV2() ? "max" : UNLIMITED_V1);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void pidsAreLimited(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();

    apply(ground, limits().pids(100));

    assertThat(ground.read(PIDS, "pids.max")).isEqualTo("100");
  }

  /// A control that takes a value and does not keep it: a run never starts with a limit missing.
  @ParameterizedTest
  @CsvSource({
    "V1, cpu.shares, cpu shares",
    "V1, cpu.cfs_quota_us, cpu quota",
    "V1, cpuset.cpus, cpus to run on",
    "V1, memory.memsw.limit_in_bytes, limit on memory and swap",
    "V1, pids.max, limit on pids",
    "HYBRID, cpu.shares, cpu shares",
    "V2, cpu.weight, cpu shares",
    "V2, cpu.max, cpu quota",
    "V2, cpuset.cpus, cpus to run on",
    "V2, memory.max, memory limit",
    "V2, memory.swap.max, limit on memory and swap",
    "V2, pids.max, limit on pids",
  })
  void whatTheKernelDoesNotKeepIsRefused(HostKind kind, String control, String what) {
    FakeCgroupFs fake = kind.fake();
    Ground.on(fake).withRun();
    Ground ground = Ground.through(fake, new DeafCgroupFs(fake, control));
    SomeLimits all = limits().cpus("0.5", CpuMode.QUOTA).cpusetCpus("1").memory("64m").pids(7);

    assertThatThrownBy(() -> apply(ground, all))
        .isInstanceOf(IsolatorException.class)
        .hasMessageStartingWith("the kernel made ")
        .hasMessageContaining(" of the " + what + " ");
  }

  @Test
  void aMemoryLimitThatTheKernelDoesNotKeepIsRefused() {
    FakeCgroupFs fake = HostKind.V1.fake().withoutSwapAccounting();
    Ground.on(fake).withRun();
    Ground ground = Ground.through(fake, new DeafCgroupFs(fake, "memory.limit_in_bytes"));

    assertThatThrownBy(() -> apply(ground, limits().memory("64m")))
        .isInstanceOf(IsolatorException.class)
        .hasMessage("the kernel made unlimited of the memory limit 64 MiB");
  }

  @Test
  void aCpuThatTheParentDoesNotHaveIsRefused() {
    Ground ground = Ground.on(HostKind.V2).withRun();
    ground.fake.write(ground.file(Ground.ROOT, CPUSET, "cpuset.cpus"), "0-1");

    assertThatThrownBy(() -> apply(ground, limits().cpusetCpus("3")))
        .isInstanceOf(IsolatorException.class)
        .hasMessage("the kernel made 0-1 of the cpus to run on 3");
  }
}
