package dev.holdfast.agent.metrics;

import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the agent counts of its own doings. Thread-safe.
///
/// The counters go on where those of the agent before this one stood; histograms begin anew.
public final class AgentMetrics implements Meters, AutoCloseable {
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final List<Counter> counters = new ArrayList<>();
  private final Totals totals = new Totals();
  private final Optional<CounterFile> file;

  private final Counter launches = counter("launches", "Runs launched, by result.", "result");
  private final Histogram launchSeconds =
      histogram("launch_duration_seconds", "From the request to the program's exec.");
  private final Counter verdicts = counter("verdicts", "Runs ended, by verdict.", "verdict");
  private final Histogram destroySeconds =
      histogram("destroy_duration_seconds", "From the first kill to the end of the cgroup.");
  private final Counter cleanupFailures =
      counter("cleanup_failures", "Ends of runs of which something was left.");
  private final Counter orphans =
      counter("orphans_destroyed", "Cgroups without a run that recovery destroyed.");
  private final Counter events = counter("events", "Events told, by type.", "type");
  private final Gauge recovered =
      gauge("recovered_runs", "Runs that the agent found at its start.");
  private final Gauge recoverySeconds =
      gauge("recovery_duration_seconds", "How long the recovery at the agent's start took.");
  private final Histogram samplingSeconds =
      histogram("sampling_duration_seconds", "One round of reading what all runs use.");
  private final Counter roundsLeftOut =
      counter("sampling_rounds_left_out", "Rounds left out since one before took too long.");
  private final Gauge nodeCpus = gauge("node_cpus", "CPUs that runs may be given together.");
  private final Gauge nodeMemory =
      gauge("node_memory_bytes", "Memory that runs may be given together.");
  private final Gauge allocatedCpus = gauge("allocated_cpus", "CPUs that runs have been given.");
  private final Gauge allocatedMemory =
      gauge("allocated_memory_bytes", "Memory that runs have been given.");

  /// Of an agent whose counters die with it.
  public AgentMetrics(String version) {
    this(version, Optional.empty());
  }

  /// @param counters where they are kept over a restart of the agent, in the runtime directory
  public AgentMetrics(String version, Path counters) {
    this(version, Optional.of(new CounterFile(counters)));
  }

  private AgentMetrics(String version, Optional<CounterFile> file) {
    this.file = file;
    Info.builder()
        .name("holdfast_build_info")
        .help("The agent's version.")
        .labelNames("version")
        .register(registry)
        .addLabelValues(version);
    file.ifPresent(it -> it.restore(counters, totals));
  }

  private Counter counter(String name, String help, String... labels) {
    Counter counter =
        Counter.builder()
            .name("holdfast_" + name + "_total")
            .help(help)
            .labelNames(labels)
            .withoutExemplars()
            .register(registry);
    counters.add(counter);
    return counter;
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder()
        .name("holdfast_" + name)
        .help(help)
        .withoutExemplars()
        .register(registry);
  }

  private Histogram histogram(String name, String help) {
    return Histogram.builder()
        .name("holdfast_" + name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .withoutExemplars()
        .register(registry);
  }

  /// @param ok whether the program came to run
  @Override
  public void launched(boolean ok, Duration took) {
    launches.labelValues(ok ? "ok" : "failed").inc();
    launchSeconds.observe(seconds(took));
    changed();
  }

  /// [Statistics#ended] calls it.
  void ended(Outcome outcome) {
    verdicts.labelValues(outcome.verdict().word()).inc();
    outcome.kill().map(KillReceipt::took).ifPresent(it -> destroySeconds.observe(seconds(it)));
    if (outcome.cleanupFailure().isPresent()) {
      cleanupFailures.inc();
    }
    changed();
  }

  /// @param type as in [dev.holdfast.api.Event]
  @Override
  public void event(String type) {
    events.labelValues(type).inc();
    changed();
  }

  /// @param runs those found, live or ended meanwhile
  @Override
  public void recovered(int runs, Duration took) {
    recovered.set(runs);
    recoverySeconds.set(seconds(took));
  }

  @Override
  public void orphansDestroyed(int count) {
    orphans.inc(count);
    changed();
  }

  /// What the node may give, and has given; bytes of memory.
  @Override
  public void resources(double cpus, long memory, double cpusUsed, long memoryUsed) {
    nodeCpus.set(cpus);
    nodeMemory.set((double) memory);
    allocatedCpus.set(cpusUsed);
    allocatedMemory.set((double) memoryUsed);
  }

  void sampled(Duration took) {
    samplingSeconds.observe(seconds(took));
  }

  void roundsLeftOut(long count) {
    roundsLeftOut.inc(count);
  }

  Totals totals() {
    return totals;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private void changed() {
    file.ifPresent(CounterFile::markChanged);
  }

  /// Writes the counters down when it is time to; about once a second.
  void tick() {
    file.ifPresent(it -> it.saveIfDue(counters, totals));
  }

  MetricSnapshots collect() {
    return registry.scrape();
  }

  /// Writes the counters down.
  @Override
  public void close() {
    file.ifPresent(it -> it.save(counters, totals));
  }
}
