package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Policy;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The runs' numbers by cAdvisor's names, with its meanings,
/// github.com/google/cadvisor/blob/master/docs/storage/prometheus.md.
final class ContainerMetrics {
  private static final double MICROS = 1e6;

  private ContainerMetrics() {}

  /// A run with its latest reading, and the labels that all its numbers have.
  private record Subject(Track track, Reading reading, Labels labels) {
    Limits limits() {
      return track.run().limits();
    }
  }

  /// How one number is found; absent where there is none.
  private interface Source {
    OptionalDouble of(Subject subject);
  }

  /// @param name of a counter without `_total`
  private record Metric(String name, String help, boolean counter, Source source) {}

  private static final List<Metric> METRICS =
      List.of(
          counter("cpu_user_seconds", "CPU time used in user mode.", Field.CPU_USER, MICROS),
          counter("cpu_system_seconds", "CPU time used in the kernel.", Field.CPU_SYSTEM, MICROS),
          counter("cpu_cfs_periods", "Enforcement periods of the CPU quota.", Field.PERIODS, 1),
          counter(
              "cpu_cfs_throttled_periods",
              "Periods in which the CPU quota was used up.",
              Field.THROTTLED_PERIODS,
              1),
          counter(
              "cpu_cfs_throttled_seconds",
              "How long processes had to wait at the CPU quota.",
              Field.THROTTLED,
              MICROS),
          gauge("memory_usage_bytes", "Memory in use, page cache included.", Field.MEMORY),
          gauge(
              "memory_working_set_bytes",
              "Memory in use without the page cache that could be dropped.",
              Field.WORKING_SET),
          gauge("memory_rss", "Anonymous memory, bytes.", Field.ANON),
          gauge("memory_cache", "Page cache and tmpfs, bytes.", Field.FILE),
          gauge("memory_swap", "Swap in use, bytes.", Field.SWAP),
          gauge("memory_max_usage_bytes", "The most memory that was in use.", Field.PEAK),
          gauge("memory_kernel_usage", "Kernel memory, bytes.", Field.KERNEL),
          counter("oom_events", "Processes killed for memory.", Field.OOM_KILLS, 1),
          counter("fs_reads_bytes", "Bytes read from block devices.", Field.IO_READ_BYTES, 1),
          counter("fs_writes_bytes", "Bytes written to block devices.", Field.IO_WRITTEN_BYTES, 1),
          counter("fs_reads", "Reads from block devices.", Field.IO_READS, 1),
          counter("fs_writes", "Writes to block devices.", Field.IO_WRITES, 1),
          gauge("threads", "Threads.", Field.PIDS),
          metric(
              "threads_max", "The limit on threads; 0 for none.", false, orZero(Field.PIDS_LIMIT)),
          metric("processes", "Processes.", false, ContainerMetrics::processes),
          waiting("cpu", Field.CPU_SOME_TOTAL),
          stalled("cpu", Field.CPU_FULL_TOTAL),
          waiting("memory", Field.MEMORY_SOME_TOTAL),
          stalled("memory", Field.MEMORY_FULL_TOTAL),
          waiting("io", Field.IO_SOME_TOTAL),
          stalled("io", Field.IO_FULL_TOTAL),
          metric("spec_cpu_shares", "CPU shares.", false, ContainerMetrics::shares),
          metric(
              "spec_cpu_quota", "CPU quota, microseconds a period.", false, it -> quota(it, true)),
          metric("spec_cpu_period", "CPU period, microseconds.", false, it -> quota(it, false)),
          metric(
              "spec_memory_limit_bytes",
              "The limit on memory; 0 for none.",
              false,
              it -> bytes(it.limits().memory().map(Policy::memory))),
          metric(
              "spec_memory_reservation_limit_bytes",
              "The memory that should be kept; 0 for none.",
              false,
              it -> bytes(it.limits().memoryReservation())),
          metric("start_time_seconds", "When it was started.", false, ContainerMetrics::started),
          metric(
              "last_seen",
              "When it was last looked at, seconds since 1970.",
              false,
              it -> OptionalDouble.of(Math.floor(it.reading().time() / 1000.0))));

  static List<MetricSnapshot> of(Collection<Track> tracks) {
    List<Subject> subjects = new ArrayList<>();
    for (Track track : tracks) {
      track.latest().ifPresent(it -> subjects.add(new Subject(track, it, labels(track.run()))));
    }
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(cpuUsage(subjects));
    for (Metric metric : METRICS) {
      all.add(metric.counter() ? counter(metric, subjects) : gauge(metric, subjects));
    }
    return all;
  }

  private static Labels labels(LiveRun run) {
    return Labels.of(
        "framework",
        run.executor().framework(),
        "id",
        CgroupName.of(run.run().cgroupDirectories()),
        "name",
        run.executor().name(),
        "run",
        run.id().toString());
  }

  /// cAdvisor tells it by CPU, or as here for all together.
  private static MetricSnapshot cpuUsage(List<Subject> subjects) {
    CounterSnapshot.Builder builder =
        CounterSnapshot.builder().name("container_cpu_usage_seconds").help("CPU time used.");
    for (Subject subject : subjects) {
      number(Field.CPU_TOTAL, MICROS)
          .of(subject)
          .ifPresent(value ->
              builder.dataPoint(
                  new CounterSnapshot.CounterDataPointSnapshot(
                      value, subject.labels().add("cpu", "total"), null, 0)));
    }
    return builder.build();
  }

  private static MetricSnapshot counter(Metric metric, List<Subject> subjects) {
    CounterSnapshot.Builder builder =
        CounterSnapshot.builder().name(metric.name()).help(metric.help());
    for (Subject subject : subjects) {
      metric
          .source()
          .of(subject)
          .ifPresent(value ->
              builder.dataPoint(
                  new CounterSnapshot.CounterDataPointSnapshot(value, subject.labels(), null, 0)));
    }
    return builder.build();
  }

  private static MetricSnapshot gauge(Metric metric, List<Subject> subjects) {
    GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(metric.name()).help(metric.help());
    for (Subject subject : subjects) {
      metric
          .source()
          .of(subject)
          .ifPresent(value ->
              builder.dataPoint(
                  new GaugeSnapshot.GaugeDataPointSnapshot(value, subject.labels(), null)));
    }
    return builder.build();
  }

  private static Metric metric(String name, String help, boolean counter, Source source) {
    return new Metric("container_" + name, help, counter, source);
  }

  private static Metric counter(String name, String help, Field field, double divisor) {
    return metric(name, help, true, number(field, divisor));
  }

  private static Metric gauge(String name, String help, Field field) {
    return metric(name, help, false, number(field, 1));
  }

  private static Metric waiting(String resource, Field total) {
    return counter(
        "pressure_" + resource + "_waiting_seconds",
        "How long any process waited for the resource: " + resource + ".",
        total,
        MICROS);
  }

  private static Metric stalled(String resource, Field total) {
    return counter(
        "pressure_" + resource + "_stalled_seconds",
        "How long all processes waited for the resource: " + resource + ".",
        total,
        MICROS);
  }

  private static Source number(Field field, double divisor) {
    return subject -> {
      long value = subject.reading().value(field);
      return value == Reading.ABSENT ? OptionalDouble.empty() : OptionalDouble.of(value / divisor);
    };
  }

  private static Source orZero(Field field) {
    return subject -> OptionalDouble.of((double) subject.reading().orZero(field));
  }

  private static OptionalDouble bytes(Optional<Bytes> amount) {
    return OptionalDouble.of((double) amount.map(Bytes::count).orElse(0L));
  }

  private static OptionalDouble processes(Subject subject) {
    try {
      return OptionalDouble.of(subject.track().run().run().processes().size());
    } catch (IsolatorException | CgroupException unreadable) {
      return OptionalDouble.empty();
    }
  }

  private static OptionalDouble shares(Subject subject) {
    return subject
        .limits()
        .cpus()
        .map(Policy::shares)
        .map(CpuShares::count)
        .map(it -> OptionalDouble.of((double) it))
        .orElse(OptionalDouble.empty());
  }

  private static OptionalDouble quota(Subject subject, boolean quota) {
    Limits limits = subject.limits();
    if (limits.cpuMode() != CpuMode.QUOTA || limits.cpus().isEmpty()) {
      return OptionalDouble.empty();
    }
    CpuBandwidth bandwidth = Policy.bandwidth(limits.cpus().get());
    return OptionalDouble.of((double) (quota ? bandwidth.quotaMicros() : bandwidth.periodMicros()));
  }

  private static OptionalDouble started(Subject subject) {
    return subject
        .track()
        .started()
        .map(it -> OptionalDouble.of(it.toEpochMilli() / 1000.0))
        .orElse(OptionalDouble.empty());
  }
}
