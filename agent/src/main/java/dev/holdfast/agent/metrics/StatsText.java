package dev.holdfast.agent.metrics;

import dev.holdfast.api.Stats;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [Reading] as it goes over the wire.
final class StatsText {
  private static final double MICROS_PER_SECOND = 1e6;

  private StatsText() {}

  static Stats of(Reading reading) {
    return new Stats(
        Instant.ofEpochMilli(reading.time()).toString(),
        seconds(reading, Field.CPU_TOTAL),
        seconds(reading, Field.CPU_USER),
        seconds(reading, Field.CPU_SYSTEM),
        divided(reading, Field.CPU_PERCENT, 100),
        divided(reading, Field.CPUS, 1000),
        number(reading, Field.PERIODS),
        number(reading, Field.THROTTLED_PERIODS),
        seconds(reading, Field.THROTTLED),
        number(reading, Field.MEMORY),
        number(reading, Field.MEMORY_LIMIT),
        number(reading, Field.PEAK),
        number(reading, Field.WORKING_SET),
        number(reading, Field.ANON),
        number(reading, Field.FILE),
        number(reading, Field.SHMEM),
        number(reading, Field.KERNEL),
        number(reading, Field.SWAP),
        number(reading, Field.OOM_KILLS),
        number(reading, Field.PIDS),
        number(reading, Field.PIDS_LIMIT),
        number(reading, Field.IO_READ_BYTES),
        number(reading, Field.IO_WRITTEN_BYTES),
        number(reading, Field.IO_READS),
        number(reading, Field.IO_WRITES),
        pressure(reading));
  }

  private static @Nullable Map<String, Stats.PressureStats> pressure(Reading reading) {
    Map<String, Stats.PressureStats> all = new LinkedHashMap<>();
    putPressure(all, "cpu", reading, Field.CPU_SOME_TOTAL);
    putPressure(all, "memory", reading, Field.MEMORY_SOME_TOTAL);
    putPressure(all, "io", reading, Field.IO_SOME_TOTAL);
    return all.isEmpty() ? null : all;
  }

  private static void putPressure(
      Map<String, Stats.PressureStats> all, String resource, Reading reading, Field first) {
    int at = first.index();
    if (reading.value(at) != Reading.ABSENT) {
      all.put(
          resource,
          new Stats.PressureStats(
              reading.value(at + 1) / 100.0,
              reading.value(at) / MICROS_PER_SECOND,
              reading.value(at + 3) / 100.0,
              reading.value(at + 2) / MICROS_PER_SECOND));
    }
  }

  private static @Nullable Double seconds(Reading reading, Field field) {
    return divided(reading, field, MICROS_PER_SECOND);
  }

  private static @Nullable Double divided(Reading reading, Field field, double by) {
    long value = reading.value(field);
    return value == Reading.ABSENT ? null : value / by;
  }

  private static @Nullable Long number(Reading reading, Field field) {
    long value = reading.value(field);
    return value == Reading.ABSENT ? null : value;
  }
}
