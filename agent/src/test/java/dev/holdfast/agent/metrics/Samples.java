package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Usages and readings to test with.
final class Samples {
  /// Half a CPU as a quota, 256 MiB, 64 MiB of them reserved.
  static final Limits HALF =
      Limits.builder()
          .cpus(new Cpus(500))
          .cpuMode(CpuMode.QUOTA)
          .memory(Bytes.ofMebibytes(256))
          .memoryReservation(Bytes.ofMebibytes(64))
          .pids(100)
          .build();

  private Samples() {}

  /// Some of everything.
  static Usage busy(Duration cpu) {
    return new Usage(
        Optional.of(new CpuController.Usage(cpu, cpu.dividedBy(4), cpu.dividedBy(2))),
        Optional.of(new CpuController.Throttling(40, 10, Duration.ofMillis(250))),
        Optional.of(Bytes.ofMebibytes(100)),
        Optional.of(Bytes.ofMebibytes(120)),
        Optional.of(Limit.at(Bytes.ofMebibytes(256))),
        Optional.of(
            new MemoryController.Stat(
                Map.of(),
                60 << 20,
                30 << 20,
                2 << 20,
                10 << 20,
                OptionalLong.of(3 << 20),
                OptionalLong.of(0))),
        Optional.of(5L),
        Optional.of(1L),
        Optional.of(Limit.at(100L)),
        Optional.of(new Io(4096, 8192, 1, 2)),
        Map.of(
            Pressure.Resource.CPU,
            new Pressure(12.5, 1.25, Duration.ofMillis(1_500), Duration.ofMillis(500)),
            Pressure.Resource.MEMORY,
            new Pressure(0, 0, Duration.ZERO, Duration.ZERO)));
  }

  static Usage cpuAlone(Duration cpu) {
    return new Usage(
        Optional.of(new CpuController.Usage(cpu, cpu, Duration.ZERO)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Reading reading(long time, long... first) {
    long[] values = new long[Field.COUNT];
    Arrays.fill(values, Reading.ABSENT);
    System.arraycopy(first, 0, values, 0, first.length);
    return new Reading(time, values);
  }

  static Outcome outcome(RunId id, ExecutorId executor, Usage usage, long oomKills) {
    return new Outcome(
        id,
        executor,
        new Verdict.Exited(0),
        Optional.empty(),
        Instant.EPOCH,
        Duration.ZERO,
        usage,
        oomKills,
        Optional.empty(),
        Optional.empty());
  }
}
