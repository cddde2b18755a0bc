package dev.holdfast.agent.metrics;

import dev.holdfast.api.Stats;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Sampler.Kept;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what every run uses, once each interval, and tells of it. Thread-safe.
///
/// One thread, `sampler`, does the reading: it owns the open control files. A round that takes
/// longer than the interval is not made up for: those that it leaves no time for are left out, and
/// counted. What goes wrong with one run costs one reading of that run.
public final class Sampler implements Statistics, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

  private final LiveRuns runs;
  private final long intervalNanos;
  private final AgentMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final OpenFiles openFiles;
  private final Map<RunId, Track> tracks = new ConcurrentHashMap<>();
  private final Exposition exposition;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// The first failure of a row of failed rounds is logged, the others are not.
  private boolean failing;

  /// Reads nothing before [#start].
  ///
  /// @param descriptors how many this process may have
  public Sampler(LiveRuns runs, Duration interval, long descriptors, AgentMetrics metrics) {
    this(runs, interval, descriptors, metrics, InstantSource.system(), System::nanoTime);
  }

  Sampler(
      LiveRuns runs,
      Duration interval,
      long descriptors,
      AgentMetrics metrics,
      InstantSource clock,
      LongSupplier nanoTime) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("the sampling interval must be more than 0");
    }
    this.runs = runs;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoTime = nanoTime;
    openFiles = new OpenFiles(descriptors);
    intervalNanos = interval.toNanos();
    exposition = new Exposition(metrics);
    thread = new Thread(this::sample, "sampler");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  private void sample() {
    long next = nanoTime.getAsLong();
    try {
      do {
        long begin = nanoTime.getAsLong();
        attemptRound();
        long now = nanoTime.getAsLong();
        metrics.sampled(Duration.ofNanos(now - begin));
        long late = Math.max(now - next, 0) / intervalNanos;
        if (late > 0) {
          metrics.roundsLeftOut(late);
        }
        next += (late + 1) * intervalNanos;
      } while (!closing.await(next - nanoTime.getAsLong(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException stop) {
      LOG.debug("sampling was interrupted");
    } finally {
      tracks.values().forEach(Track::close);
    }
  }

  private void attemptRound() {
    try {
      round();
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warn("could not read what the runs use, retrying", e);
      }
      failing = true;
    }
  }

  /// Reads all runs once.
  void round() {
    List<LiveRun> live = runs.liveRuns();
    Map<RunId, LiveRun> known = new ConcurrentHashMap<>();
    for (int i = 0; i < live.size(); i++) {
      LiveRun run = live.get(i);
      known.put(run.id(), run);
      Track track =
          tracks.computeIfAbsent(run.id(), _ -> new Track(run, LeaderStart.of(run.run())));
      if (track.ended().isEmpty()) {
        attemptReading(track, run, openFiles.of(i, live.size()));
      }
    }
    tidy(known);
    metrics.tick();
  }

  private void attemptReading(Track track, LiveRun run, Kept open) {
    try {
      track.follow(run);
      if (!track.isOpen()) {
        track.open(run.run().sampler());
      }
      track.keepOpen(open);
      track.read(clock.instant(), nanoTime.getAsLong()).ifPresent(reading -> count(run, reading));
    } catch (RuntimeException e) {
      LOG.debug("could not read what run {} uses, retrying", run.id(), e);
    }
  }

  private void count(LiveRun run, Reading reading) {
    metrics
        .totals()
        .used(
            run.id(),
            run.executor().framework(),
            new Totals.Amounts(
                reading.orZero(Field.CPU_TOTAL),
                reading.orZero(Field.THROTTLED),
                reading.orZero(Field.OOM_KILLS)));
  }

  /// Closes what has ended, and forgets it when its last reading has left the window.
  private void tidy(Map<RunId, LiveRun> live) {
    tracks
        .entrySet()
        .removeIf(entry -> {
          Track track = entry.getValue();
          if (!live.containsKey(entry.getKey())) {
            track.end(clock.instant());
          }
          if (track.ended().isEmpty()) {
            return false;
          }
          track.close();
          return track.ended().get().isBefore(clock.instant().minus(History.WINDOW))
              && !live.containsKey(entry.getKey());
        });
  }

  @Override
  public Optional<Stats> latest(RunId id) {
    Optional<Reading> reading =
        Optional.ofNullable(tracks.get(id)).flatMap(Track::latest).or(() -> readNow(id));
    return reading.map(StatsText::of);
  }

  /// A run that is too new to have been read.
  private Optional<Reading> readNow(RunId id) {
    return runs.liveRuns().stream()
        .filter(run -> run.id().equals(id))
        .findFirst()
        .map(run -> Reading.of(clock.instant().toEpochMilli(), run.run().usage(), run.limits()));
  }

  @Override
  public List<Stats> history(RunId id) {
    Track track = tracks.get(id);
    return track == null
        ? List.of()
        : track.since(clock.instant().minus(History.WINDOW)).stream().map(StatsText::of).toList();
  }

  @Override
  public String metrics() {
    return exposition.text(runs.liveRuns(), liveTracks());
  }

  private Collection<Track> liveTracks() {
    List<Track> live = new ArrayList<>();
    for (Track track : tracks.values()) {
      if (track.ended().isEmpty()) {
        live.add(track);
      }
    }
    return live;
  }

  @Override
  public String monitorStatistics() {
    return SeedMonitor.statistics(runs.liveRuns(), this::reading);
  }

  @Override
  public String monitorUsage() {
    return SeedMonitor.usage(runs.liveRuns(), this::reading);
  }

  private Optional<Reading> reading(RunId id) {
    return Optional.ofNullable(tracks.get(id)).flatMap(Track::latest);
  }

  @Override
  public void ended(RunId id, Outcome outcome) {
    metrics.ended(outcome);
    Track track = tracks.get(id);
    if (track != null) {
      track.end(clock.instant());
    }
    metrics
        .totals()
        .used(
            id,
            outcome.executor().framework(),
            new Totals.Amounts(
                outcome
                    .usage()
                    .cpu()
                    .map(CpuController.Usage::total)
                    .map(it -> it.toNanos() / 1_000)
                    .orElse(0L),
                outcome
                    .usage()
                    .throttling()
                    .map(CpuController.Throttling::throttled)
                    .map(it -> it.toNanos() / 1_000)
                    .orElse(0L),
                Math.max(outcome.oomKills(), outcome.usage().oomKills().orElse(0L))));
  }

  /// Ends the thread, which closes the control files.
  @Override
  public void close() {
    closing.countDown();
    try {
      if (thread.isAlive()) {
        thread.join(TimeUnit.SECONDS.toMillis(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    metrics.close();
  }
}
