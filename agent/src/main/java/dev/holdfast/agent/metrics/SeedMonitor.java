package dev.holdfast.agent.metrics;

import com.google.gson.stream.JsonWriter;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The two documents that Mesos' resource monitor served: keys in alphabetical order, numbers that
/// are not known 0.
final class SeedMonitor {
  private static final double MICROS_PER_SECOND = 1e6;

  private SeedMonitor() {}

  static String statistics(List<LiveRun> runs, Function<RunId, Optional<Reading>> readings) {
    return document(runs, readings, SeedMonitor::writeStatistics);
  }

  static String usage(List<LiveRun> runs, Function<RunId, Optional<Reading>> readings) {
    return document(runs, readings, SeedMonitor::writeUsage);
  }

  private interface Part {
    void write(JsonWriter json, LiveRun run, Optional<Reading> reading) throws IOException;
  }

  private static String document(
      List<LiveRun> runs, Function<RunId, Optional<Reading>> readings, Part part) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginArray();
      for (LiveRun run : runs) {
        json.beginObject();
        json.name("executor_id").value(run.executor().name());
        json.name("executor_name").value(run.executor().name());
        json.name("framework_id").value(run.executor().framework());
        part.write(json, run, readings.apply(run.id()));
        json.endObject();
      }
      json.endArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void writeStatistics(JsonWriter json, LiveRun run, Optional<Reading> reading)
      throws IOException {
    json.name("source").value(run.executor().name());
    json.name("statistics").beginObject();
    number(json, "cpus_limit", run.limits().cpus().map(Cpus::millis).orElse(0L) / 1000.0);
    json.name("cpus_nr_periods").value(value(reading, Field.PERIODS));
    json.name("cpus_nr_throttled").value(value(reading, Field.THROTTLED_PERIODS));
    seconds(json, "cpus_system_time_secs", reading, Field.CPU_SYSTEM);
    seconds(json, "cpus_throttled_time_secs", reading, Field.THROTTLED);
    seconds(json, "cpus_user_time_secs", reading, Field.CPU_USER);
    json.name("mem_limit_bytes").value(run.limits().memory().map(Bytes::count).orElse(0L));
    json.name("mem_rss_bytes").value(value(reading, Field.ANON));
    json.endObject();
  }

  private static void writeUsage(JsonWriter json, LiveRun run, Optional<Reading> reading)
      throws IOException {
    json.name("resource_usage").beginObject();
    long time = value(reading, Field.CPU_USER) + value(reading, Field.CPU_SYSTEM);
    number(json, "cpu_time", time / MICROS_PER_SECOND);
    number(json, "cpu_usage", value(reading, Field.CPU_PERCENT) / 10_000.0);
    json.name("memory_rss").value(value(reading, Field.ANON));
    json.endObject();
    json.name("source").value(run.executor().name());
  }

  private static long value(Optional<Reading> reading, Field field) {
    return reading.map(it -> it.orZero(field)).orElse(0L);
  }

  private static void seconds(JsonWriter json, String name, Optional<Reading> reading, Field field)
      throws IOException {
    number(json, name, value(reading, field) / MICROS_PER_SECOND);
  }

  /// A whole number without a fraction.
  private static void number(JsonWriter json, String name, double value) throws IOException {
    json.name(name);
    if (value == Math.rint(value)) {
      json.value((long) value);
    } else {
      json.value(value);
    }
  }
}
