package dev.holdfast.testkit;

import static dev.holdfast.testkit.Fakes.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is missing on an older or smaller kernel is absent, and nothing else breaks.
final class OlderKernelTest {
  private static final Limit<Bytes> CAP = Limit.at(Bytes.ofMebibytes(16));

  private static MemoryController memory(Cgroup cgroup) {
    return cgroup.memory().orElseThrow();
  }

  private static FakeCgroupFs v2Of(int major, int minor) {
    return FakeCgroupFs.v2().withKernel(new KernelVersion(major, minor));
  }

  @ParameterizedTest
  @EnumSource
  void withoutSwapAccountingThereIsNoCapOnSwap(Fakes fakes) {
    MemoryController memory = memory(Fakes.run(fakes.open().withoutSwapAccounting()));
    assertThat(memory.memoryAndSwapLimit()).isEmpty();
    assertThat(memory.stat().swap()).isEqualTo(OptionalLong.empty());
    assertThatExceptionOfType(CgroupException.NotFound.class)
        .isThrownBy(() -> memory.setLimits(CAP, Optional.of(CAP)));
    memory.setLimits(CAP, Optional.empty());
    assertThat(memory.limit()).isEqualTo(CAP);
    assertThat(memory.events().limitHits()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void withoutPsiThereIsNoPressure(Fakes fakes) {
    Cgroup run = Fakes.run(fakes.open().withoutPressure());
    for (Pressure.Resource resource : Pressure.Resource.values()) {
      assertThat(run.pressure(resource)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void before514ThereIsNoBurst(Fakes fakes) {
    FakeCgroupFs fs = fakes.open().withKernel(new KernelVersion(5, 13));
    CpuController cpu = Fakes.run(fs).cpu().orElseThrow();
    cpu.setBandwidth(Limit.at(new CpuBandwidth(50_000, 100_000)));
    assertThatExceptionOfType(CgroupException.NotFound.class)
        .isThrownBy(() -> cpu.setBurst(Duration.ofMillis(1)));
  }

  @Test
  void before514V2CannotKillAtOnce() {
    FakeCgroupFs fs = v2Of(5, 13);
    Cgroup run = Fakes.run(fs);
    fs.processes().start(RUN);
    assertThatExceptionOfType(CgroupException.NotFound.class).isThrownBy(run::killAll);
    assertThat(run.processes()).hasSize(1);
  }

  @Test
  void before514AHybridHostIsV1() {
    FakeCgroupFs fs = FakeCgroupFs.hybrid().withKernel(new KernelVersion(5, 13));
    assertThat(fs.layout()).isInstanceOf(Layout.V1.class);
    Cgroup run = Fakes.run(fs);
    assertThat(run.killFile()).isEmpty();
    assertThat(run.freezer().orElseThrow().file()).hasFileName("freezer.state");
    assertThatExceptionOfType(CgroupException.NotFound.class).isThrownBy(run::killAll);
  }

  @Test
  void before519V2HasNoPeakAndCannotReclaim() {
    FakeCgroupFs fs = v2Of(5, 18);
    MemoryController memory = memory(Fakes.run(fs));
    assertThat(memory.peak()).isEmpty();
    int pid = fs.processes().start(RUN);
    fs.setUsage(RUN, Bytes.ofMebibytes(32));
    assertThatExceptionOfType(CgroupException.Busy.class)
        .isThrownBy(() -> memory.setLimits(CAP, Optional.empty()));
    assertThat(fs.processes().isAlive(pid)).isTrue();
    assertThat(memory.limit()).isEqualTo(Limit.unlimited());
  }

  @Test
  void before52TheEventsOfCgroupsBelowCountToo() {
    FakeCgroupFs fs = v2Of(5, 1);
    Cgroup run = Fakes.run(fs);
    memory(run).setLimits(CAP, Optional.empty());
    fs.processes().start(RUN);
    fs.triggerOom(RUN);
    assertThat(memory(run).events())
        .isEqualTo(new MemoryController.Events(1, OptionalLong.of(1), 1));
    assertThat(memory(Fakes.cgroup(fs, fs, Fakes.PARENT)).events().limitHits()).isEqualTo(1);
  }

  @Test
  void before419V2CannotKillTogether() {
    FakeCgroupFs fs = v2Of(4, 18);
    Cgroup run = Fakes.run(fs);
    memory(run).setLimits(CAP, Optional.empty());
    memory(run).oom().killTogether();
    int first = fs.processes().start(RUN);
    fs.processes().start(RUN);
    fs.triggerOom(RUN);
    assertThat(run.processes()).containsExactly(first);
  }

  @ParameterizedTest
  @EnumSource
  void aMachineMayHaveOneCpu(Fakes fakes) {
    Cgroup run = Fakes.run(fakes.open().withCpus(1));
    assertThat(run.cpuset().orElseThrow().cpus()).hasToString("0");
  }
}
