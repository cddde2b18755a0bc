package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Sample;
import dev.holdfast.cgroup.files.FileSampler;
import dev.holdfast.cgroup.files.Meaning;
import dev.holdfast.cgroup.files.SampledFile;
import dev.holdfast.cgroup.files.SampledFile.Names;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// The files of [CpuV2], [MemoryV2], the pids controller and the core.
final class SamplerV2 extends FileSampler {
  private static final Names CPU =
      Names.of(
          "usage_usec", "user_usec", "system_usec", "nr_periods", "nr_throttled", "throttled_usec");
  private static final Names IO = Names.of("rbytes", "wbytes", "rios", "wios");
  private static final Names OOM = Names.of("oom_kill", "oom_group_kill");
  private static final Names STAT = Names.of("anon", "file", "shmem", "inactive_file", "kernel");

  private static final long NANOS_PER_MICRO = 1_000;

  private final Optional<Cpu> cpu;
  private final Optional<Memory> memory;
  private final Optional<Pids> pids;
  private final Optional<Meaning<Io>> io;

  private record Cpu(SampledFile.Keyed stat, Meaning<CpuController.Throttling> throttling) {}

  private record Memory(
      SampledFile.Single current,
      SampledFile.Single peak,
      Meaning<Limit<Bytes>> limit,
      Meaning<MemoryController.Stat> stat,
      Meaning<Long> oomKills) {}

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
    io = controllers.contains(Controller.IO) ? Optional.of(io(fs, directory)) : Optional.empty();
    pressureIn(fs, directory);
  }

  private Cpu cpu(CgroupFs fs, Path directory) {
    SampledFile.Keyed stat = pulse(new SampledFile.Keyed(fs, directory.resolve("cpu.stat"), CPU));
    SampledFile.Single max = total(quiet(new SampledFile.Single(fs, directory.resolve("cpu.max"))));
    return new Cpu(stat, new Meaning<>(() -> throttling(max.value(), stat), stat, max));
  }

  private Meaning<Io> io(CgroupFs fs, Path directory) {
    SampledFile.Keyed stat =
        total(quiet(SampledFile.Keyed.perDevice(fs, directory.resolve("io.stat"), IO)));
    return new Meaning<>(
        () ->
            stat.isKnown()
                ? Optional.of(new Io(stat.value(0), stat.value(1), stat.value(2), stat.value(3)))
                : Optional.empty(),
        stat);
  }

  private Memory memory(CgroupFs fs, Path directory) {
    SampledFile.Single current =
        pulse(new SampledFile.Single(fs, directory.resolve("memory.current")));
    SampledFile.Keyed stat =
        memoryStat(new SampledFile.Keyed(fs, directory.resolve("memory.stat"), STAT));
    SampledFile.Single swap =
        quiet(new SampledFile.Single(fs, directory.resolve("memory.swap.current")));
    SampledFile.Single peak =
        total(quiet(new SampledFile.Single(fs, directory.resolve("memory.peak"))));
    SampledFile.Single max =
        total(quiet(new SampledFile.Single(fs, directory.resolve("memory.max"))));
    SampledFile.Keyed events =
        total(quiet(new SampledFile.Keyed(fs, directory.resolve("memory.events"), OOM)));
    return new Memory(
        current,
        peak,
        new Meaning<>(() -> limit(max.value()), max),
        new Meaning<>(() -> stat(stat, stat.value(4), swap.value()), stat, swap),
        new Meaning<>(() -> oomKills(events), events));
  }

  private static Optional<Long> oomKills(SampledFile.Keyed events) {
    return count(events.value(0)).map(kills -> MemoryV2.oomKills(kills, events.orZero(1)));
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
        cpu.flatMap(it -> it.throttling().get()),
        bytes(memoryPulse()),
        memory.flatMap(it -> peak(it.peak())),
        memory.flatMap(it -> it.limit().get()),
        memory.flatMap(it -> it.stat().get()),
        memory.flatMap(it -> it.oomKills().get()),
        pids.flatMap(it -> it.current().get()),
        pids.flatMap(it -> it.max().get()),
        io.flatMap(Meaning::get),
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

  private static Optional<CpuController.Throttling> throttling(long quota, SampledFile.Keyed stat) {
    boolean capped = quota != SampledFile.ABSENT && quota != SampledFile.UNLIMITED;
    return !capped || stat.value(3) == SampledFile.ABSENT
        ? Optional.empty()
        : Optional.of(
            new CpuController.Throttling(stat.value(3), stat.orZero(4), micros(stat.orZero(5))));
  }

  private static Duration micros(long count) {
    return Duration.ofNanos(count * NANOS_PER_MICRO);
  }

  private static Optional<Limit<Bytes>> limit(long max) {
    return max == SampledFile.UNLIMITED
        ? Optional.of(Limit.unlimited())
        : bytes(max).map(Limit::at);
  }
}
