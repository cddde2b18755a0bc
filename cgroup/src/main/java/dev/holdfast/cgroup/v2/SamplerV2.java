package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.files.FileSampler;
import dev.holdfast.cgroup.files.SampledFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The files of [CpuV2], [MemoryV2], the pids controller and the core.
final class SamplerV2 extends FileSampler {
  private static final long NANOS_PER_MICRO = 1_000;

  private final Optional<Cpu> cpu;
  private final Optional<Memory> memory;
  private final Optional<Pids> pids;

  private record Cpu(SampledFile.Keyed stat, SampledFile.Single max) {}

  private record Memory(
      SampledFile.Single current,
      SampledFile.Keyed stat,
      SampledFile.Single swap,
      SampledFile.Single peak,
      SampledFile.Single max,
      SampledFile.Keyed events) {}

  SamplerV2(CgroupFs fs, Path directory, Set<Controller> controllers) {
    cpu = controllers.contains(Controller.CPU) ? Optional.of(cpu(fs, directory)) : Optional.empty();
    memory =
        controllers.contains(Controller.MEMORY)
            ? Optional.of(memory(fs, directory))
            : Optional.empty();
    pids =
        controllers.contains(Controller.PIDS)
            ? Optional.of(pidsIn(fs, directory))
            : Optional.empty();
    pressureIn(fs, directory);
  }

  private Cpu cpu(CgroupFs fs, Path directory) {
    return new Cpu(
        pulse(
            new SampledFile.Keyed(
                fs,
                directory.resolve("cpu.stat"),
                "usage_usec",
                "user_usec",
                "system_usec",
                "nr_periods",
                "nr_throttled",
                "throttled_usec")),
        quiet(new SampledFile.Single(fs, directory.resolve("cpu.max"))));
  }

  private Memory memory(CgroupFs fs, Path directory) {
    return new Memory(
        pulse(new SampledFile.Single(fs, directory.resolve("memory.current"))),
        lively(
            new SampledFile.Keyed(
                fs,
                directory.resolve("memory.stat"),
                "anon",
                "file",
                "shmem",
                "inactive_file",
                "kernel")),
        lively(new SampledFile.Single(fs, directory.resolve("memory.swap.current"))),
        quiet(new SampledFile.Single(fs, directory.resolve("memory.peak"))),
        quiet(new SampledFile.Single(fs, directory.resolve("memory.max"))),
        quiet(new SampledFile.Keyed(fs, directory.resolve("memory.events"), "oom_kill")));
  }

  @Override
  protected long cpuPulse() {
    return cpu.isPresent() ? cpu.get().stat().value(0) : SampledFile.ABSENT;
  }

  @Override
  protected long memoryPulse() {
    return memory.isPresent() ? memory.get().current().value() : SampledFile.ABSENT;
  }

  @Override
  protected Sample sample() {
    return new Sample(
        cpu.flatMap(SamplerV2::usage),
        cpu.flatMap(SamplerV2::throttling),
        bytes(memoryPulse()),
        memory.flatMap(it -> peak(it.peak())),
        memory.flatMap(SamplerV2::limit),
        memory.flatMap(SamplerV2::stat),
        memory.flatMap(it -> count(it.events().value(0))),
        pids.flatMap(it -> count(it.current().value())),
        pids.flatMap(it -> limit(it.max().value())),
        pressure());
  }

  private static Optional<CpuController.Usage> usage(Cpu cpu) {
    SampledFile.Keyed stat = cpu.stat();
    return stat.isKnown()
        ? Optional.of(
            new CpuController.Usage(
                micros(stat.orZero(0)), micros(stat.orZero(1)), micros(stat.orZero(2))))
        : Optional.empty();
  }

  private static Optional<CpuController.Throttling> throttling(Cpu cpu) {
    SampledFile.Keyed stat = cpu.stat();
    long quota = cpu.max().value();
    boolean capped = quota != SampledFile.ABSENT && quota != SampledFile.UNLIMITED;
    return !capped || stat.value(3) == SampledFile.ABSENT
        ? Optional.empty()
        : Optional.of(
            new CpuController.Throttling(stat.value(3), stat.orZero(4), micros(stat.orZero(5))));
  }

  private static Duration micros(long count) {
    return Duration.ofNanos(count * NANOS_PER_MICRO);
  }

  private static Optional<Limit<Bytes>> limit(Memory memory) {
    long max = memory.max().value();
    return max == SampledFile.UNLIMITED
        ? Optional.of(Limit.unlimited())
        : bytes(max).map(Limit::at);
  }

  private static Optional<MemoryController.Stat> stat(Memory memory) {
    return stat(memory.stat(), memory.stat().value(4), memory.swap().value());
  }
}
