package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.life.Lifecycle.Effect;
import dev.holdfast.isolator.life.Lifecycle.Ending;
import dev.holdfast.isolator.life.Lifecycle.Event;
import dev.holdfast.isolator.life.Lifecycle.Fate;
import dev.holdfast.isolator.life.Lifecycle.State;
import dev.holdfast.isolator.life.Lifecycle.Step;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the tests of a run's life are made of: one of each event, and a walk along several.
final class Lives {
  static final Duration GRACE = Duration.ofSeconds(10);
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static final OomReport REPORT =
      new OomReport(
          Limit.at(Bytes.ofMebibytes(64)),
          Optional.of(Bytes.ofMebibytes(64)),
          Optional.empty(),
          Map.of(),
          List.of(),
          Optional.empty(),
          true);

  static final KillReceipt RECEIPT =
      new KillReceipt(KillReceipt.Mechanism.NONE, 0, List.of(), Duration.ZERO);

  static final Ending FIRST = new Ending.Requested("the first");
  static final Ending SECOND = new Ending.TimedOut(Verdict.Timer.WALL, Duration.ofMinutes(1));

  static final WaitStatus STATUS = new WaitStatus(3 << 8);
  static final Fate ENDED = new Fate.Ended(STATUS, NOW);
  static final Fate PENDING = new Fate.Pending();
  static final Fate UNKNOWN = new Fate.Unknown();

  static final Event LAUNCHED = new Event.Launched();
  static final Event LAUNCH_FAILED = new Event.LaunchFailed(127, "cannot find it");
  static final Event EXITED = new Event.LeaderExited(STATUS, NOW);
  static final Event LAUNCHER_GONE = new Event.LauncherGone();
  static final Event NOTICE = new Event.MemoryNotice();
  static final Event OUT_OF_MEMORY = new Event.OutOfMemory(REPORT);
  static final Event STOP = new Event.StopRequested(FIRST, GRACE);
  static final Event KILL = new Event.StopRequested(FIRST, Duration.ZERO);
  static final Event STOP_AGAIN = new Event.StopRequested(SECOND, GRACE);
  static final Event KILL_AGAIN = new Event.StopRequested(SECOND, Duration.ZERO);
  static final Event GRACE_OVER = new Event.GraceOver();
  static final Event REMOVED = new Event.CgroupGone(RECEIPT, Optional.empty());
  static final Event STUCK = new Event.CgroupGone(RECEIPT, Optional.of("it is stuck"));

  static final Effect TERMINATE = new Effect.Terminate(GRACE);
  static final Effect DESTROY = new Effect.Destroy();
  static final Effect INSPECT = new Effect.InspectMemory();

  private Lives() {}

  /// A whole life, or the beginning of one.
  ///
  /// @param states one after each event
  record Walk(List<State> states, List<Effect> effects) {
    State end() {
      return states.getLast();
    }
  }

  static Walk walk(Event... events) {
    return walk(List.of(events));
  }

  static Walk walk(List<Event> events) {
    List<State> states = new ArrayList<>(List.of(Lifecycle.initial()));
    List<Effect> effects = new ArrayList<>();
    for (Event event : events) {
      Step step = Lifecycle.next(states.getLast(), event);
      states.add(step.state());
      effects.addAll(step.effects());
    }
    return new Walk(states, effects);
  }

  static State destroyed(Ending ending, Fate leader) {
    return new State.Destroyed(ending, leader);
  }
}
