package dev.holdfast.agent.metrics;

/// The numbers of a [Reading]. The order is that of their place in memory: those that change with
/// nearly every reading come first, for they make the mark of what has changed short.
///
/// Times are in microseconds, amounts in bytes, shares in hundredths of a percent.
enum Field {
  CPU_TOTAL,
  /// Of one CPU, since the reading before.
  CPU_PERCENT,
  CPU_USER,
  CPU_SYSTEM,
  MEMORY,
  ANON,
  FILE,
  /// Less than [#MEMORY], which is counted at another instant, only most of the time.
  WORKING_SET,
  PERIODS,
  THROTTLED_PERIODS,
  THROTTLED,
  CPU_SOME_TOTAL,
  CPU_SOME_AVERAGE,
  CPU_FULL_TOTAL,
  CPU_FULL_AVERAGE,
  PIDS,
  KERNEL,
  PEAK,
  MEMORY_SOME_TOTAL,
  MEMORY_SOME_AVERAGE,
  MEMORY_FULL_TOTAL,
  MEMORY_FULL_AVERAGE,
  IO_SOME_TOTAL,
  IO_SOME_AVERAGE,
  IO_FULL_TOTAL,
  IO_FULL_AVERAGE,
  IO_READ_BYTES,
  IO_WRITTEN_BYTES,
  IO_READS,
  IO_WRITES,
  SHMEM,
  SWAP,
  OOM_KILLS,
  /// Thousandths of a CPU.
  CPUS,
  MEMORY_LIMIT,
  PIDS_LIMIT;

  static final int COUNT = values().length;

  /// Its place in a reading.
  @SuppressWarnings("EnumOrdinal") // what else would be its place
  int index() {
    return ordinal();
  }
}
