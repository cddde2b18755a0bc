package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.RecoveryPlan;
import dev.holdfast.agent.logging.LogLine;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes runs that have ended, with their sandboxes: on request, and when they are old.
final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);

  /// Of a disk, always left free: the seed's.
  private static final double HEADROOM = 0.1;

  /// Ended runs that are kept, whatever their age: each takes a KB or two of the agent's memory.
  /// The seed kept 150 of a framework.
  private static final int MOST = 10_000;

  /// However full the disk is, whoever started a run can ask how it ended.
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  private static final int MOST_NAMED = 10;

  private final House house;
  private final Scribe scribe;

  Collector(House house, Scribe scribe) {
    this.house = house;
    this.scribe = scribe;
  }

  /// How long an ended run is kept while so much of the disk is used: the seed's rule, by which the
  /// time shrinks with the space, and is over at nine tenths.
  ///
  /// @param used 0 to 1
  static Duration retention(Duration delay, double used) {
    double share = Math.clamp(1 - HEADROOM - used, 0.0, 1.0);
    Duration kept = Duration.ofMillis((long) (delay.toMillis() * share));
    Duration least = delay.compareTo(SHORTEST) < 0 ? delay : SHORTEST;
    return kept.compareTo(least) < 0 ? least : kept;
  }

  /// How much of the disk with the sandboxes is used, 0 to 1; 0 when it cannot be told.
  static double used(Path directory) {
    try {
      FileStore store = Files.getFileStore(directory);
      long total = store.getTotalSpace();
      return total <= 0 ? 0 : 1 - (double) store.getUsableSpace() / total;
    } catch (IOException e) {
      return 0;
    }
  }

  /// Removes those that ended longer ago than `retention`, and the oldest of too many.
  void collect(Duration retention, Instant now) {
    collect(retention, now, MOST);
  }

  void collect(Duration retention, Instant now, int most) {
    List<Entry> ended = house.registry().ended();
    for (Entry entry : ended) {
      if (!finished(entry).plus(retention).isAfter(now)) {
        removeOrRetry(entry, "it ended longer ago than " + retention.toSeconds() + " s");
      }
    }
    if (ended.size() > most) {
      house.registry().ended().stream()
          .sorted(
              Comparator.comparing(Collector::finished).thenComparing(Entry::created).reversed())
          .skip(most)
          .forEach(entry -> removeOrRetry(entry, most + " runs have ended after it"));
    }
  }

  private static Instant finished(Entry entry) {
    return entry.ending().orElseThrow().finished();
  }

  private void removeOrRetry(Entry entry, String cause) {
    if (kept(entry).isPresent()) {
      return;
    }
    try {
      remove(entry, cause);
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot remove the run, retrying").with("run", entry.id()), e);
    }
  }

  /// Why the record of an ended run has to stay: processes that are taken for those of an earlier
  /// life of the host are nobody's to kill, and its record is all that says so.
  Optional<String> kept(Entry entry) {
    boolean wasLost =
        entry
            .ending()
            .filter(it -> it.verdict().equals("lost"))
            .map(it -> RecoveryPlan.wasLost(it.outcome().json()))
            .orElse(false);
    if (!wasLost) {
      return Optional.empty();
    }
    Set<Integer> processes = house.runs().removeEmpty(entry.executor(), entry.id());
    return processes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the run "
                + entry.id()
                + " was lost, but processes live in its cgroup: end them first ("
                + processes.stream()
                    .sorted()
                    .limit(MOST_NAMED)
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "))
                + (processes.size() > MOST_NAMED ? ", …" : "")
                + ")");
  }

  /// Removes an ended run with all that is kept of it. Repeatable.
  void remove(Entry entry, String cause) throws IOException {
    entry.change().lock();
    try {
      scribe.forget(entry);
      house.sandboxes().remove(entry.checkpoint().sandbox());
      house.runtime().remove(entry.id());
      house.meta().remove(entry.executor(), entry.id());
      house.registry().remove(entry);
    } finally {
      entry.change().unlock();
    }
    log.info("{}", LogLine.of("run removed").with("run", entry.id()).with("cause", cause));
    house
        .journal()
        .publish("removed", entry.subject(), entry.executor() + " was removed: " + cause);
  }
}
