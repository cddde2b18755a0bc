package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.PidsController;
import dev.holdfast.isolator.Usage;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads what a cgroup uses, part by part: one that cannot be read costs only itself.
final class UsageReader {
  private UsageReader() {}

  static Usage read(Cgroup cgroup) {
    Optional<CpuController> cpu = cgroup.cpu();
    Optional<MemoryController> memory = cgroup.memory();
    Optional<PidsController> pids = cgroup.pids();
    return new Usage(
        cpu.flatMap(it -> part(it::usage)),
        cpu.flatMap(UsageReader::throttling),
        memory.flatMap(it -> part(it::usage)),
        memory.flatMap(it -> part(it::peak)).flatMap(peak -> peak),
        memory.flatMap(it -> part(it::limit)),
        memory.flatMap(it -> part(it::stat)),
        pids.flatMap(it -> part(it::current)));
  }

  private static Optional<CpuController.Throttling> throttling(CpuController cpu) {
    boolean capped =
        part(cpu::bandwidth).map(bandwidth -> bandwidth.value().isPresent()).orElse(false);
    return capped ? part(cpu::throttling).flatMap(it -> it) : Optional.empty();
  }

  private static <T> Optional<T> part(Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (CgroupException unreadable) {
      return Optional.empty();
    }
  }
}
