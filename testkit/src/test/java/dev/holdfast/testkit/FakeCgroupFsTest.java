package dev.holdfast.testkit;

import static dev.holdfast.testkit.Fakes.PARENT;
import static dev.holdfast.testkit.Fakes.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a test can make happen in the fake; that it behaves as the kernel does, the contract says.
final class FakeCgroupFsTest {
  private static final Bytes MIB_16 = Bytes.ofMebibytes(16);
  private static final Bytes MIB_32 = Bytes.ofMebibytes(32);

  private static MemoryController memory(Cgroup cgroup) {
    return cgroup.memory().orElseThrow();
  }

  private static MemoryController capped(Cgroup cgroup, Bytes cap) {
    memory(cgroup).setLimits(Limit.at(cap), Optional.empty());
    return memory(cgroup);
  }

  @Test
  void hasTheLayoutOfItsName() {
    assertThat(FakeCgroupFs.v1Split().layout()).isInstanceOf(Layout.V1.class);
    assertThat(FakeCgroupFs.v1Together().layout()).isInstanceOf(Layout.V1.class);
    assertThat(FakeCgroupFs.hybrid().layout()).isInstanceOf(Layout.Hybrid.class);
    assertThat(FakeCgroupFs.v2().layout()).isInstanceOf(Layout.V2.class);
  }

  @ParameterizedTest
  @EnumSource
  void hasAllControllers(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Set<Controller> all = EnumSet.allOf(Controller.class);
    if (!(fs.layout() instanceof Layout.V2)) {
      all.remove(Controller.IO); // v1 has blkio
    }
    assertThat(fs.hierarchy().controllers()).isEqualTo(all);
  }

  @ParameterizedTest
  @EnumSource
  void usageIsThatOfTheCgroupAndThoseBelow(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    MemoryController memory = memory(Fakes.run(fs));
    fs.setUsage(RUN, MIB_16);
    fs.setPageCache(RUN, new Bytes(4096));
    assertThat(memory.usage()).isEqualTo(MIB_16.plus(new Bytes(4096)));
    assertThat(memory.stat().anon()).isEqualTo(MIB_16.count());
    assertThat(memory.stat().file()).isEqualTo(4096);
    assertThat(memory(Fakes.cgroup(fs, fs, RUN)).usage()).isEqualTo(memory.usage());
    fs.setUsage(RUN, Bytes.ZERO);
    assertThat(memory.usage()).isEqualTo(new Bytes(4096));
    assertThat(memory.peak()).contains(MIB_16.plus(new Bytes(4096)));
  }

  @ParameterizedTest
  @EnumSource
  void usageStaysBelowTheCap(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    capped(run, MIB_16);
    fs.setUsage(RUN, MIB_16);
    assertThatIllegalArgumentException().isThrownBy(() -> fs.setUsage(RUN, MIB_32));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fs.triggerOom(PARENT))
        .withMessageContaining("has no limit");
  }

  @ParameterizedTest
  @EnumSource
  void pageCacheGivesWayToALowerCap(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    MemoryController memory = memory(Fakes.run(fs));
    fs.setUsage(RUN, MIB_16);
    fs.setPageCache(RUN, MIB_16);
    memory.setLimits(Limit.at(MIB_16), Optional.empty());
    assertThat(memory.usage()).isEqualTo(MIB_16);
    assertThat(memory.stat().file()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void theOomKillerTakesOneAndItsMemory(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    MemoryController memory = capped(run, MIB_16);
    int first = fs.processes().start(RUN);
    int second = fs.processes().start(RUN);
    List<String> ends = new ArrayList<>();
    fs.processes().onEnd((pid, killed) -> ends.add(pid + " " + killed));
    AtomicInteger events = new AtomicInteger();
    try (CgroupFs.Watch _ = memory.oom().watch(events::incrementAndGet)) {
      fs.triggerOom(RUN);
    }
    assertThat(events).hasPositiveValue();
    assertThat(ends).containsExactly(second + " true");
    assertThat(run.processes()).containsExactly(first);
    assertThat(memory.events().oomKills()).isEqualTo(1);
    assertThat(memory.events().limitHits()).isEqualTo(1);
    assertThat(memory.usage()).isEqualTo(Bytes.ZERO);
    assertThat(memory.peak()).contains(MIB_16);
  }

  @ParameterizedTest
  @EnumSource
  void theCapOfAnAncestorCountsAsTheAncestors(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    Cgroup parent = Fakes.cgroup(fs, fs, PARENT);
    capped(parent, MIB_16);
    MemoryController memory = capped(run, MIB_32);
    fs.processes().start(RUN);
    fs.triggerOom(RUN);
    assertThat(memory(parent).events().limitHits()).isEqualTo(1);
    assertThat(memory.events().limitHits()).isZero();
    assertThat(memory.events().oomKills()).isEqualTo(1);
    assertThat(run.processes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theHostsOomKillerMeetsNoCap(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    fs.processes().start(RUN);
    fs.killForHost(RUN);
    assertThat(memory(run).events().limitHits()).isZero();
    assertThat(memory(run).events().oomKills()).isEqualTo(1);
    assertThat(run.processes()).isEmpty();
  }

  @Test
  void withTheKillerOffTheProcessesWait() {
    FakeCgroupFs fs = FakeCgroupFs.v1Split();
    Cgroup run = Fakes.run(fs);
    OomControl.KillerSwitch killer = capped(run, MIB_16).oom().killerSwitch().orElseThrow();
    killer.turnKillerOff();
    int pid = fs.processes().start(RUN);
    assertThat(fs.isUnderOom(RUN)).isFalse();
    fs.triggerOom(RUN);
    assertThat(fs.isUnderOom(RUN)).isTrue();
    assertThat(fs.processes().isAlive(pid)).isTrue();
    fs.processes().kill(pid);
    assertThat(fs.isUnderOom(RUN)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aStuckProcessDiesWhenItWakes(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    int pid = fs.processes().start(RUN);
    fs.processes().setStuck(pid, true);
    run.freezer().orElseThrow().freeze();
    assertThat(run.freezer().orElseThrow().isFrozen()).isFalse();
    run.freezer().orElseThrow().thaw();
    assertThat(fs.processes().kill(pid)).isTrue();
    assertThat(fs.processes().isAlive(pid)).isTrue();
    assertThatExceptionOfType(CgroupException.Busy.class).isThrownBy(run::remove);
    fs.processes().setStuck(pid, false);
    assertThat(fs.processes().isAlive(pid)).isFalse();
    assertThat(fs.processes().kill(pid)).isFalse();
    run.remove();
  }

  @ParameterizedTest
  @EnumSource
  void cpuTimeIsCountedUpwards(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    CpuController cpu = Fakes.run(fs).cpu().orElseThrow();
    fs.setCpuTime(RUN, Duration.ofMillis(300), Duration.ofMillis(40));
    fs.setThrottling(RUN, 10, 3, Duration.ofMillis(70));
    CpuController.Usage usage =
        new CpuController.Usage(
            Duration.ofMillis(340), Duration.ofMillis(300), Duration.ofMillis(40));
    assertThat(cpu.usage()).isEqualTo(usage);
    assertThat(Fakes.cgroup(fs, fs, PARENT).cpu().orElseThrow().usage()).isEqualTo(usage);
    assertThat(cpu.throttling())
        .contains(new CpuController.Throttling(10, 3, Duration.ofMillis(70)));
  }

  @ParameterizedTest
  @EnumSource
  void forksFailAtTheLimit(Fakes fakes) {
    FakeCgroupFs fs = fakes.open();
    Cgroup run = Fakes.run(fs);
    fs.hitPidsLimit(RUN);
    fs.hitPidsLimit(RUN);
    assertThat(run.pids().orElseThrow().limitHits()).isEqualTo(2);
  }

  @Test
  void pressureIsWhatTheTestSays() {
    FakeCgroupFs fs = FakeCgroupFs.hybrid();
    Cgroup run = Fakes.run(fs);
    Pressure pressure = new Pressure(12.5, 3.25, Duration.ofMillis(1500), Duration.ofMillis(700));
    fs.setPressure(RUN, Pressure.Resource.MEMORY, pressure);
    assertThat(run.pressure(Pressure.Resource.MEMORY)).contains(pressure);
    assertThat(run.pressure(Pressure.Resource.CPU))
        .contains(new Pressure(0, 0, Duration.ZERO, Duration.ZERO));
  }

  @Test
  void zeroIsTheProcessThatWritesIt() {
    FakeCgroupFs fs = FakeCgroupFs.v1Split();
    Cgroup run = Fakes.run(fs);
    Path tasks = run.entry().tasksFiles().getFirst();
    assertThatIllegalStateException().isThrownBy(() -> fs.write(tasks, "0"));
    fs.processes().put(Path.of("/sys/fs/cgroup/cpu"), 77);
    fs.processes().as(77, () -> run.entry().tasksFiles().forEach(file -> fs.write(file, "0")));
    assertThat(run.processes()).containsExactly(77);
    assertThat(run.entry().tasksFiles()).allMatch(file -> fs.read(file).equals("77\n"));
  }

  @Test
  void whoIsBornIntoAKilledCgroupDiesAtOnceOnNewKernels() {
    FakeCgroupFs fs = FakeCgroupFs.v2();
    Cgroup run = Fakes.run(fs);
    run.killAll();
    assertThat(fs.processes().isAlive(fs.processes().start(RUN))).isFalse();
    fs.processes().put(run.directories().getFirst(), 77);
    assertThat(run.processes()).containsExactly(77);
    FakeCgroupFs older = fs.withKernel(new KernelVersion(6, 12));
    Fakes.run(older).killAll();
    assertThat(older.processes().isAlive(older.processes().start(RUN))).isTrue();
  }

  @Test
  void aProcessThatIsNotLetInIsNotThere() {
    FakeCgroupFs fs = FakeCgroupFs.v1Split();
    Fakes.cgroup(fs, fs, PARENT).ensure();
    fs.makeDirectory(Path.of("/sys/fs/cgroup/cpuset/holdfast/run"));
    assertThatExceptionOfType(CgroupException.Unavailable.class)
        .isThrownBy(() -> fs.processes().start(RUN))
        .withMessageEndingWith("ENOSPC");
    assertThat(fs.processes().pids()).isEmpty();
  }

  @Test
  void anEndByItselfIsToldApart() {
    FakeCgroupFs fs = FakeCgroupFs.v2();
    Cgroup run = Fakes.run(fs);
    List<String> ends = new ArrayList<>();
    fs.processes().onEnd((pid, killed) -> ends.add(pid + " " + killed));
    fs.processes().start(RUN, 5);
    fs.processes().end(5);
    assertThat(ends).containsExactly("5 false");
    assertThat(run.processes()).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> fs.processes().end(5));
  }

  @Test
  void whatAnActionThrowsIsNotLost() {
    FakeCgroupFs fs = FakeCgroupFs.v2();
    Path events = Fakes.run(fs).directories().getFirst().resolve("cgroup.events");
    try (CgroupFs.Watch _ =
        fs.onModification(
            events,
            () -> {
              throw new IllegalStateException("seen");
            })) {
      assertThatIllegalStateException()
          .isThrownBy(() -> fs.processes().start(RUN))
          .withMessage("seen");
    }
  }

  @Test
  void anActionMayAskAndChangeTheFake() {
    FakeCgroupFs fs = FakeCgroupFs.v2();
    Cgroup run = Fakes.run(fs);
    Path events = run.directories().getFirst().resolve("cgroup.events");
    int pid = fs.processes().start(RUN);
    List<String> seen = new ArrayList<>();
    try (CgroupFs.Watch _ =
        fs.onModification(
            events,
            () -> {
              seen.add(fs.read(events));
              run.remove();
            })) {
      fs.processes().end(pid);
    }
    assertThat(seen).containsExactly("populated 0\nfrozen 0\n");
    assertThat(run.exists()).isFalse();
  }
}
