package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Sampler.Kept;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The readings of one run. [#read] and [#close] belong to one thread; the rest is thread-safe.
final class Track {
  private LiveRun run;
  private Optional<UsageSampler> sampler = Optional.empty();
  private final History history = new History();
  private Optional<Instant> ended = Optional.empty();
  private Optional<Usage> usage = Optional.empty();
  private boolean limitsChanged;
  private long readNanos;

  /// When the leader started, as far as is known.
  private final Optional<Instant> started;

  Track(LiveRun run, Optional<Instant> started) {
    this.run = run;
    this.started = started;
  }

  synchronized LiveRun run() {
    return run;
  }

  /// What is known of it now.
  synchronized void follow(LiveRun now) {
    if (!now.limits().equals(run.limits())) {
      sampler.ifPresent(UsageSampler::refresh);
      limitsChanged = true;
    }
    run = now;
  }

  Optional<Instant> started() {
    return started;
  }

  boolean isOpen() {
    return sampler.isPresent();
  }

  /// See [UsageSampler#keepOpen].
  void keepOpen(Kept which) {
    sampler.ifPresent(it -> it.keepOpen(which));
  }

  void open(UsageSampler opened) {
    sampler = Optional.of(opened);
  }

  /// Reads the usage, if there is any.
  ///
  /// @param wall the time of day
  /// @param nanos the monotonic time
  Optional<Reading> read(Instant wall, long nanos) {
    Optional<Usage> now = sampler.flatMap(UsageSampler::read);
    if (now.isEmpty()) {
      // A new one would find the cgroup, should it only now have been made.
      close();
      return Optional.empty();
    }
    return Optional.of(remember(now, wall, nanos));
  }

  private synchronized Reading remember(Optional<Usage> now, Instant wall, long nanos) {
    Optional<Reading> before = history.last();
    Duration elapsed = Duration.ofNanos(Math.max(nanos - readNanos, 0));
    long time = time(before, wall, elapsed);
    Reading reading;
    if (before.isPresent() && before.get().isIdle() && now.equals(usage) && !limitsChanged) {
      reading = before.get().again(time);
    } else {
      reading = Reading.of(time, now.orElseThrow(), run.limits());
      if (before.isPresent()) {
        reading = reading.after(before.get(), elapsed);
      }
    }
    history.add(reading);
    usage = now;
    limitsChanged = false;
    readNanos = nanos;
    return reading;
  }

  /// The time of day; when somebody has set it back, the readings go on from where they were.
  private static long time(Optional<Reading> before, Instant wall, Duration elapsed) {
    long now = wall.toEpochMilli();
    return before.isEmpty() || now > before.get().time()
        ? now
        : before.get().time() + Math.max(elapsed.toMillis(), 1);
  }

  synchronized Optional<Reading> latest() {
    return history.last();
  }

  synchronized List<Reading> since(Instant time) {
    return history.since(time.toEpochMilli());
  }

  synchronized int size() {
    return history.size();
  }

  synchronized void end(Instant at) {
    if (ended.isEmpty()) {
      ended = Optional.of(at);
    }
  }

  synchronized Optional<Instant> ended() {
    return ended;
  }

  /// Lets go of the control files.
  void close() {
    sampler.ifPresent(UsageSampler::close);
    sampler = Optional.empty();
  }
}
