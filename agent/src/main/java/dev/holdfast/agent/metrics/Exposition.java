package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.Run;
import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.LinuxException;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/// All metrics as text, for Prometheus. Thread-safe.
final class Exposition {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final double MICROS_PER_SECOND = 1e6;

  private final AgentMetrics metrics;
  private final PrometheusTextFormatWriter writer =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();

  Exposition(AgentMetrics metrics) {
    this.metrics = metrics;
  }

  String text(List<LiveRun> runs, Collection<Track> tracks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 * 1024 + tracks.size() * 4 * 1024);
    try {
      write(out, runs, tracks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private void write(OutputStream out, List<LiveRun> runs, Collection<Track> tracks)
      throws IOException {
    List<MetricSnapshot> all = new ArrayList<>();
    metrics.collect().forEach(all::add);
    all.addAll(ContainerMetrics.of(tracks));
    all.add(phases(runs));
    addTotals(all);
    addProcess(all);
    all.add(
        gauge(
            "holdfast_history_bytes",
            "Memory that the readings of the last 15 minutes take.",
            (double) tracks.stream().mapToLong(Track::size).sum()));
    writer.write(out, new MetricSnapshots(all));
  }

  private static MetricSnapshot phases(List<LiveRun> runs) {
    Map<Run.Phase, Integer> counts = new EnumMap<>(Run.Phase.class);
    for (Run.Phase phase : Run.Phase.values()) {
      counts.put(phase, 0);
    }
    runs.forEach(run -> counts.merge(run.run().phase(), 1, Integer::sum));
    counts.remove(Run.Phase.ENDED);
    GaugeSnapshot.Builder builder =
        GaugeSnapshot.builder().name("holdfast_runs").help("Runs that have not ended, by phase.");
    counts.forEach((phase, count) ->
        builder.dataPoint(
            new GaugeSnapshot.GaugeDataPointSnapshot(
                count, Labels.of("phase", phase.name().toLowerCase(Locale.ROOT)), null)));
    return builder.build();
  }

  private void addTotals(List<MetricSnapshot> all) {
    Map<String, Totals.Amounts> totals = metrics.totals().byFramework();
    all.add(
        total(
            "cpu_seconds",
            "CPU time that the framework's runs have used, ended ones included.",
            totals,
            Totals.Amounts::cpu,
            MICROS_PER_SECOND));
    all.add(
        total(
            "cpu_throttled_seconds",
            "How long the framework's runs had to wait at their CPU quota, ended ones included.",
            totals,
            Totals.Amounts::throttled,
            MICROS_PER_SECOND));
    all.add(
        total(
            "oom_kills",
            "Processes of the framework's runs killed for memory, ended runs included.",
            totals,
            Totals.Amounts::oomKills,
            1));
  }

  private static MetricSnapshot total(
      String name,
      String help,
      Map<String, Totals.Amounts> totals,
      ToLongFunction<Totals.Amounts> amount,
      double divisor) {
    CounterSnapshot.Builder builder =
        CounterSnapshot.builder().name("holdfast_framework_" + name).help(help);
    totals.forEach((framework, amounts) ->
        builder.dataPoint(
            new CounterSnapshot.CounterDataPointSnapshot(
                amount.applyAsLong(amounts) / divisor,
                Labels.of("framework", framework),
                null,
                0)));
    return builder.build();
  }

  /// Of the agent itself, by the names that every client library uses.
  private static void addProcess(List<MetricSnapshot> all) {
    Runtime runtime = Runtime.getRuntime();
    GaugeSnapshot.Builder heap =
        GaugeSnapshot.builder().name("jvm_memory_used_bytes").help("The agent's used memory.");
    heap.dataPoint(
        new GaugeSnapshot.GaugeDataPointSnapshot(
            (double) (runtime.totalMemory() - runtime.freeMemory()),
            Labels.of("area", "heap"),
            null));
    all.add(heap.build());
    try {
      String[] pages = ControlFile.read(STATM).strip().split(" ", 3);
      all.add(
          gauge(
              "process_resident_memory_bytes",
              "The agent's resident memory.",
              (double) (Long.parseLong(pages[1]) * Host.pageSize())));
    } catch (LinuxException unreadable) {
      // the others are worth having without it
    }
    ProcessHandle.Info self = ProcessHandle.current().info();
    self.totalCpuDuration().ifPresent(it -> all.add(cpu(it)));
    self.startInstant()
        .map(Instant::toEpochMilli)
        .ifPresent(it ->
            all.add(gauge("process_start_time_seconds", "When the agent started.", it / 1000.0)));
  }

  private static MetricSnapshot cpu(Duration used) {
    return CounterSnapshot.builder()
        .name("process_cpu_seconds")
        .help("CPU time that the agent has used.")
        .dataPoint(
            new CounterSnapshot.CounterDataPointSnapshot(
                used.toNanos() / 1e9, Labels.EMPTY, null, 0))
        .build();
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(new GaugeSnapshot.GaugeDataPointSnapshot(value, Labels.EMPTY, null))
        .build();
  }
}
