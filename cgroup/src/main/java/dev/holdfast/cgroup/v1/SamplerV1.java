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
import dev.holdfast.cgroup.files.SampledFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The files of [CpuV1], [MemoryV1] and the pids controller, and the pressure files of a hybrid
/// host's cgroup2 tree.
final class SamplerV1 extends FileSampler {
  private final Optional<Cpu> cpu;
  private final Optional<Memory> memory;
  private final Optional<Pids> pids;

  private record Cpu(
      SampledFile.Single total,
      SampledFile.Keyed split,
      SampledFile.Single quota,
      SampledFile.Keyed stat) {}

  private record Memory(
      SampledFile.Single usage,
      SampledFile.Keyed stat,
      SampledFile.Single peak,
      SampledFile.Single limit,
      SampledFile.Single kernel,
      SampledFile.Keyed oom) {}

  SamplerV1(CgroupFs fs, Map<Controller, Path> directories, Optional<Path> unified) {
    cpu =
        Optional.ofNullable(directories.get(Controller.CPU))
            .map(it -> cpu(fs, it, directories.getOrDefault(Controller.CPUACCT, it)));
    memory = Optional.ofNullable(directories.get(Controller.MEMORY)).map(it -> memory(fs, it));
    pids = Optional.ofNullable(directories.get(Controller.PIDS)).map(it -> pidsIn(fs, it));
    unified.ifPresent(it -> pressureIn(fs, it));
  }

  private Cpu cpu(CgroupFs fs, Path cpu, Path cpuacct) {
    return new Cpu(
        pulse(new SampledFile.Single(fs, cpuacct.resolve("cpuacct.usage"))),
        lively(new SampledFile.Keyed(fs, cpuacct.resolve("cpuacct.stat"), "user", "system")),
        quiet(new SampledFile.Single(fs, cpu.resolve("cpu.cfs_quota_us"))),
        lively(
            new SampledFile.Keyed(
                fs, cpu.resolve("cpu.stat"), "nr_periods", "nr_throttled", "throttled_time")));
  }

  private Memory memory(CgroupFs fs, Path memory) {
    return new Memory(
        pulse(new SampledFile.Single(fs, memory.resolve("memory.usage_in_bytes"))),
        lively(
            new SampledFile.Keyed(
                fs,
                memory.resolve("memory.stat"),
                "total_rss",
                "total_cache",
                "total_shmem",
                "total_inactive_file",
                "total_swap")),
        quiet(new SampledFile.Single(fs, memory.resolve("memory.max_usage_in_bytes"))),
        quiet(new SampledFile.Single(fs, memory.resolve("memory.limit_in_bytes"))),
        quiet(new SampledFile.Single(fs, memory.resolve("memory.kmem.usage_in_bytes"))),
        quiet(new SampledFile.Keyed(fs, memory.resolve("memory.oom_control"), "oom_kill")));
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
        cpu.flatMap(SamplerV1::throttling),
        bytes(memoryPulse()),
        memory.flatMap(it -> peak(it.peak())),
        memory.flatMap(SamplerV1::limit),
        memory.flatMap(SamplerV1::stat),
        memory.flatMap(it -> count(it.oom().value(0))),
        pids.flatMap(it -> count(it.current().value())),
        pids.flatMap(it -> limit(it.max().value())),
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

  private static Optional<CpuController.Throttling> throttling(Cpu cpu) {
    boolean capped = cpu.quota().value() >= 0;
    SampledFile.Keyed stat = cpu.stat();
    return !capped || stat.value(0) == SampledFile.ABSENT
        ? Optional.empty()
        : Optional.of(
            new CpuController.Throttling(
                stat.value(0), stat.orZero(1), Duration.ofNanos(stat.orZero(2))));
  }

  private static Optional<Limit<Bytes>> limit(Memory memory) {
    return bytes(memory.limit().value()).map(MemoryV1::asLimit);
  }

  private static Optional<MemoryController.Stat> stat(Memory memory) {
    return stat(memory.stat(), memory.kernel().value(), memory.stat().value(4));
  }
}
