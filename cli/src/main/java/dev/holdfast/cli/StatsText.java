package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Stats;
import dev.holdfast.isolator.json.InstantText;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Readings of runs as a table, in docker's columns and order, and as a picture of the last
/// minutes.
final class StatsText {
  private static final int WIDTH = 60;

  private final Table table =
      new Table(
          "RUN",
          "NAME",
          "CPU %",
          "CPUS",
          "THROTTLED",
          "MEM USAGE / LIMIT",
          "MEM %",
          "WORKING SET",
          "BLOCK I/O",
          "PIDS");

  void add(ExecutorInfo run, Stats stats) {
    table.row(
        RunText.shortId(run.id()),
        RunText.name(run),
        RunText.percent(stats.cpuPercent()),
        LimitOptions.cpus(Optional.ofNullable(stats.cpus())),
        throttled(stats),
        RunText.bytes(stats.memoryBytes()) + " / " + RunText.bytes(stats.memoryLimitBytes()),
        RunText.percent(share(stats.memoryBytes(), stats.memoryLimitBytes())),
        RunText.bytes(stats.memoryWorkingSetBytes()),
        blockIo(stats),
        RunText.number(stats.pids())
            + (stats.pidsLimit() == null ? "" : " / " + stats.pidsLimit()));
  }

  /// Read and written.
  private static String blockIo(Stats stats) {
    return stats.ioReadBytes() == null
        ? "-"
        : RunText.bytes(stats.ioReadBytes()) + " / " + RunText.bytes(stats.ioWrittenBytes());
  }

  String format() {
    return table.format();
  }

  /// How many of the quota's periods ran out.
  private static String throttled(Stats stats) {
    Long periods = stats.cpuPeriods();
    return periods == null ? "-" : RunText.percent(share(stats.cpuThrottledPeriods(), periods));
  }

  private static @Nullable Double share(@Nullable Long part, @Nullable Long whole) {
    return part == null || whole == null || whole == 0 ? null : 100.0 * part / whole;
  }

  /// A line about the run, and one each for its CPU time and memory.
  static String history(ExecutorInfo run, List<Stats> readings) {
    String head =
        Streams.printable(RunText.name(run) + " (" + RunText.shortId(run.id()) + ")")
            + ": "
            + readings.size()
            + (readings.size() == 1 ? " reading" : " readings")
            + span(readings).map(it -> " over " + it).orElse("")
            + "\n";
    return head
        + line("cpu   ", readings, Stats::cpuPercent, RunText::percent)
        + line(
            "memory",
            readings,
            it -> it.memoryBytes() == null ? null : it.memoryBytes().doubleValue(),
            it -> RunText.bytes(it == null ? null : Math.round(it)));
  }

  private static String line(
      String name,
      List<Stats> readings,
      Function<Stats, @Nullable Double> part,
      Function<@Nullable Double, String> format) {
    List<Optional<Double>> values = new ArrayList<>();
    Optional<Double> most = Optional.empty();
    Optional<Double> last = Optional.empty();
    for (Stats reading : readings) {
      Optional<Double> value = Optional.ofNullable(part.apply(reading));
      values.add(value);
      if (value.isPresent()) {
        last = value;
        most = Optional.of(Math.max(value.get(), most.orElse(0.0)));
      }
    }
    return "  "
        + name
        + "  "
        + Sparkline.of(values, WIDTH)
        + "  now "
        + format.apply(last.orElse(null))
        + ", most "
        + format.apply(most.orElse(null))
        + "\n";
  }

  private static Optional<String> span(List<Stats> readings) {
    if (readings.size() < 2) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Durations.format(
              Duration.between(
                  InstantText.parse(readings.getFirst().time()),
                  InstantText.parse(readings.getLast().time()))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
