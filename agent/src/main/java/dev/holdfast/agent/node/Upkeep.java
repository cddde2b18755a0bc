package dev.holdfast.agent.node;

import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.agent.metrics.Meters;
import dev.holdfast.agent.resources.NodeResources;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be done again and again: deferred limits, limits that others changed, outcomes that
/// could not be written, runs that are old. On one thread; no failure of one turn ends it.
final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private static final Duration DRIFT = Duration.ofSeconds(10);
  private static final Duration DISK = Duration.ofMinutes(1);

  private final House house;
  private final Scribe scribe;
  private final Updating updating;
  private final Collector collector;
  private final Meters meters;
  private final Thread thread;
  private Instant nextDrift = Instant.MIN;
  private Instant nextDisk = Instant.MIN;
  private double diskUsed;

  Upkeep(
      House house,
      Scribe scribe,
      Updating updating,
      Collector collector,
      Meters meters,
      Duration interval) {
    this.house = house;
    this.scribe = scribe;
    this.updating = updating;
    this.collector = collector;
    this.meters = meters;
    thread = Thread.ofVirtual().name("upkeep").unstarted(() -> live(interval));
  }

  void start() {
    thread.start();
  }

  private void live(Duration interval) {
    try {
      Thread.sleep(interval);
      HeapCare heap = new HeapCare(); // by now what the start has left is collected
      while (!Thread.currentThread().isInterrupted()) {
        try {
          turn(house.clock().instant());
        } catch (RuntimeException e) {
          log.warn("{}", LogLine.of("upkeep failed, retrying"), e);
        }
        heap.tend();
        Thread.sleep(interval);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  void turn(Instant now) {
    scribe.retry();
    NodeResources total = house.books().total();
    NodeResources used = house.books().used();
    meters.resources(
        total.cpus().millis() / 1000.0,
        total.memory().count(),
        used.cpus().millis() / 1000.0,
        used.memory().count());
    boolean drift = !now.isBefore(nextDrift);
    if (drift) {
      nextDrift = now.plus(DRIFT);
    }
    for (Entry entry : house.registry().live()) {
      updating.retryDeferred(entry);
      if (drift) {
        updating.restore(entry);
      }
    }
    if (!now.isBefore(nextDisk)) {
      nextDisk = now.plus(DISK);
      diskUsed = Collector.used(house.settings().workDirectory());
    }
    collector.collect(Collector.retention(house.settings().gcDelay(), diskUsed), now);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
