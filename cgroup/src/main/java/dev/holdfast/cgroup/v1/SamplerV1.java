package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.files.ControlText;
import dev.holdfast.cgroup.files.FileSampler;
import dev.holdfast.cgroup.files.Meaning;
import dev.holdfast.cgroup.files.SampledFile;
import dev.holdfast.cgroup.files.SampledFile.Names;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The files of [CpuV1], [MemoryV1] and the pids controller, and the pressure files of a hybrid
/// host's cgroup2 tree.
final class SamplerV1 extends FileSampler {
  private static final Names SPLIT = Names.of("user", "system");
  private static final Names THROTTLING = Names.of("nr_periods", "nr_throttled", "throttled_time");
  private static final Names OOM = Names.of("oom_kill");
  private static final Names STAT =
      Names.of("total_rss", "total_cache", "total_shmem", "total_inactive_file", "total_swap");

  private final Optional<Cpu> cpu;
  private final Optional<Memory> memory;
  private final Optional<Pids> pids;

  private record Cpu(
      SampledFile.Single total,
      SampledFile.Keyed split,
      Meaning<CpuController.Throttling> throttling) {}

  private record Memory(
      SampledFile.Single usage,
      SampledFile.Single peak,
      Meaning<Limit<Bytes>> limit,
      Meaning<MemoryController.Stat> stat,
      Meaning<Long> oomKills) {}

  SamplerV1(CgroupFs fs, Map<Controller, Path> directories, Optional<Path> unified) {
    cpu =
        Optional.ofNullable(directories.get(Controller.CPU))
            .map(it -> cpu(fs, it, directories.getOrDefault(Controller.CPUACCT, it)));
    memory = Optional.ofNullable(directories.get(Controller.MEMORY)).map(it -> memory(fs, it));
    pids = Optional.ofNullable(directories.get(Controller.PIDS)).map(it -> pidsIn(fs, it));
    unified.ifPresent(it -> pressureIn(fs, it));
  }

  private Cpu cpu(CgroupFs fs, Path cpu, Path cpuacct) {
    SampledFile.Single total = pulse(new SampledFile.Single(fs, cpuacct.resolve("cpuacct.usage")));
    SampledFile.Keyed split =
        total(lively(new SampledFile.Keyed(fs, cpuacct.resolve("cpuacct.stat"), SPLIT)));
    SampledFile.Single quota =
        total(quiet(new SampledFile.Single(fs, cpu.resolve("cpu.cfs_quota_us"))));
    SampledFile.Keyed stat =
        total(lively(new SampledFile.Keyed(fs, cpu.resolve("cpu.stat"), THROTTLING)));
    return new Cpu(total, split, new Meaning<>(() -> throttling(quota, stat), quota, stat));
  }

  private Memory memory(CgroupFs fs, Path memory) {
    SampledFile.Single usage =
        pulse(new SampledFile.Single(fs, memory.resolve("memory.usage_in_bytes")));
    SampledFile.Keyed stat =
        memoryStat(new SampledFile.Keyed(fs, memory.resolve("memory.stat"), STAT));
    SampledFile.Single peak =
        total(quiet(new SampledFile.Single(fs, memory.resolve("memory.max_usage_in_bytes"))));
    SampledFile.Single limit =
        total(quiet(new SampledFile.Single(fs, memory.resolve("memory.limit_in_bytes"))));
    SampledFile.Single kernel =
        quiet(new SampledFile.Single(fs, memory.resolve("memory.kmem.usage_in_bytes")));
    SampledFile.Keyed oom =
        total(quiet(new SampledFile.Keyed(fs, memory.resolve("memory.oom_control"), OOM)));
    return new Memory(
        usage,
        peak,
        new Meaning<>(() -> bytes(limit.value()).map(MemoryV1::asLimit), limit),
        new Meaning<>(() -> stat(stat, kernel.value(), stat.value(4)), stat, kernel),
        new Meaning<>(() -> count(oom.value(0)), oom));
  }

  @Override
  protected long cpuPulse() {
    return cpu.isPresent() ? cpu.get().total().value() : SampledFile.ABSENT;
  }

  @Override
  protected long memoryPulse() {
    return memory.isPresent() ? memory.get().usage().value() : SampledFile.ABSENT;
  }

  @Override
  protected Sample sample() {
    return new Sample(
        cpu.flatMap(SamplerV1::usage),
        cpu.flatMap(it -> it.throttling().get()),
        bytes(memoryPulse()),
        memory.flatMap(it -> peak(it.peak())),
        memory.flatMap(it -> it.limit().get()),
        memory.flatMap(it -> it.stat().get()),
        memory.flatMap(it -> it.oomKills().get()),
        pids.flatMap(it -> it.current().get()),
        pids.flatMap(it -> it.max().get()),
        Optional.empty(),
        pressure());
  }

  private static Optional<CpuController.Usage> usage(Cpu cpu) {
    return cpu.total().value() < 0 || !cpu.split().isKnown()
        ? Optional.empty()
        : Optional.of(
            new CpuController.Usage(
                Duration.ofNanos(cpu.total().value()),
                ControlText.fromTicks(cpu.split().orZero(0)),
                ControlText.fromTicks(cpu.split().orZero(1))));
  }

  private static Optional<CpuController.Throttling> throttling(
      SampledFile.Single quota, SampledFile.Keyed stat) {
    boolean capped = quota.value() >= 0;
    return !capped || stat.value(0) == SampledFile.ABSENT
        ? Optional.empty()
        : Optional.of(
            new CpuController.Throttling(
                stat.value(0), stat.orZero(1), Duration.ofNanos(stat.orZero(2))));
  }
}
