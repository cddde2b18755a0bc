package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Usage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a run used at one instant, as plain numbers: a thousand are made each second. Immutable.
final class Reading {
  /// Stands for a number that is not known; inside this package only.
  static final long ABSENT = Long.MIN_VALUE;

  private final long time;
  private final long[] values;

  /// @param time milliseconds since 1970
  /// @param values by [Field#index]; belongs to the reading from now on
  Reading(long time, long[] values) {
    this.time = time;
    this.values = values;
  }

  static Reading of(long time, Usage usage, Limits limits) {
    long[] values = new long[Field.COUNT];
    Arrays.fill(values, ABSENT);
    Reading reading = new Reading(time, values);
    reading.takeCpu(usage, limits);
    reading.takeMemory(usage);
    reading.set(Field.PIDS, usage.pids());
    reading.set(Field.PIDS_LIMIT, usage.pidsLimit().flatMap(Limit::value));
    reading.set(Field.OOM_KILLS, usage.oomKills());
    usage.io().ifPresent(reading::takeIo);
    reading.takePressure(usage.pressure(), Pressure.Resource.CPU, Field.CPU_SOME_TOTAL);
    reading.takePressure(usage.pressure(), Pressure.Resource.MEMORY, Field.MEMORY_SOME_TOTAL);
    reading.takePressure(usage.pressure(), Pressure.Resource.IO, Field.IO_SOME_TOTAL);
    return reading;
  }

  private void takeCpu(Usage usage, Limits limits) {
    usage
        .cpu()
        .ifPresent(cpu -> {
          set(Field.CPU_TOTAL, micros(cpu.total()));
          set(Field.CPU_USER, micros(cpu.user()));
          set(Field.CPU_SYSTEM, micros(cpu.system()));
        });
    usage
        .throttling()
        .ifPresent(throttling -> {
          set(Field.PERIODS, throttling.periods());
          set(Field.THROTTLED_PERIODS, throttling.throttledPeriods());
          set(Field.THROTTLED, micros(throttling.throttled()));
        });
    set(Field.CPUS, limits.cpus().map(Cpus::millis));
  }

  private void takeMemory(Usage usage) {
    set(Field.MEMORY, usage.memory().map(Bytes::count));
    set(Field.PEAK, usage.memoryPeak().map(Bytes::count));
    set(Field.MEMORY_LIMIT, usage.memoryLimit().flatMap(Limit::value).map(Bytes::count));
    usage.memoryStat().ifPresent(this::takeStat);
  }

  private void takeStat(MemoryController.Stat stat) {
    set(Field.ANON, stat.anon());
    set(Field.FILE, stat.file());
    set(Field.SHMEM, stat.shmem());
    stat.kernel().ifPresent(it -> set(Field.KERNEL, it));
    stat.swap().ifPresent(it -> set(Field.SWAP, it));
    if (value(Field.MEMORY) != ABSENT) {
      set(Field.WORKING_SET, Math.max(value(Field.MEMORY) - stat.inactiveFile(), 0));
    }
  }

  private void takeIo(Io io) {
    set(Field.IO_READ_BYTES, io.readBytes());
    set(Field.IO_WRITTEN_BYTES, io.writtenBytes());
    set(Field.IO_READS, io.reads());
    set(Field.IO_WRITES, io.writes());
  }

  /// The four fields of a resource follow one another.
  private void takePressure(
      Map<Pressure.Resource, Pressure> all, Pressure.Resource resource, Field first) {
    Pressure pressure = all.get(resource);
    if (pressure != null) {
      int at = first.index();
      values[at] = micros(pressure.someTotal());
      values[at + 1] = Math.round(pressure.someAvg10() * 100);
      values[at + 2] = micros(pressure.fullTotal());
      values[at + 3] = Math.round(pressure.fullAvg10() * 100);
    }
  }

  private void set(Field field, long value) {
    values[field.index()] = value;
  }

  private void set(Field field, Optional<Long> value) {
    value.ifPresent(it -> values[field.index()] = it);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  /// The same with the share of a CPU that was used since `before`, `elapsed` ago.
  Reading after(Reading before, Duration elapsed) {
    long now = value(Field.CPU_TOTAL);
    long then = before.value(Field.CPU_TOTAL);
    if (now == ABSENT || then == ABSENT || elapsed.toNanos() <= 0) {
      return this;
    }
    long[] copy = values.clone();
    double share = Math.max(now - then, 0) * 1_000.0 / elapsed.toNanos();
    copy[Field.CPU_PERCENT.index()] = Math.round(share * 10_000);
    return new Reading(time, copy);
  }

  /// The same, later.
  Reading again(long later) {
    return new Reading(later, values);
  }

  /// Whether nothing ran since the reading before.
  boolean isIdle() {
    return value(Field.CPU_PERCENT) == 0;
  }

  long time() {
    return time;
  }

  /// [#ABSENT] when it isn't known.
  long value(int index) {
    return values[index];
  }

  long value(Field field) {
    return values[field.index()];
  }

  long orZero(Field field) {
    return value(field) == ABSENT ? 0 : value(field);
  }

  OptionalLong find(Field field) {
    return value(field) == ABSENT ? OptionalLong.empty() : OptionalLong.of(value(field));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Reading reading
        && time == reading.time
        && Arrays.equals(values, reading.values);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(time) ^ Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return time + " " + Arrays.toString(values);
  }
}
