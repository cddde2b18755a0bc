package dev.holdfast.isolator.life;

import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The life of a run as a pure function: state × event → next state and what is to be done.
///
/// ```
/// Preparing ─→ Running ─→ Stopping ─→ Killing ─→ Destroyed
///     └───────────┴──────────────────→    └→ Reaping ─↗
/// ```
///
/// The first cause of an ending stays its cause. The leader's status and the end of the cgroup
/// arrive in any order; Destroyed waits for both unless nobody can tell the status any more. Events
/// that come late are no surprise: they change nothing.
final class Lifecycle {
  private Lifecycle() {}

  /// Where a run stands.
  sealed interface State {
    /// What others are told of it.
    default Run.Phase phase() {
      return switch (this) {
        case Preparing _ -> Run.Phase.PREPARING;
        case Running() -> Run.Phase.RUNNING;
        case Stopping _ -> Run.Phase.STOPPING;
        case Killing _ -> Run.Phase.KILLING;
        case Reaping _ -> Run.Phase.REAPING;
        case Destroyed _ -> Run.Phase.ENDED;
      };
    }

    /// Why it ends, once that is known.
    default Optional<Ending> why() {
      return switch (this) {
        case Preparing(var stop) -> stop.map(Event.StopRequested::ending);
        case Running() -> Optional.empty();
        case Stopping(var ending) -> Optional.of(ending);
        case Killing(var ending, _) -> Optional.of(ending);
        case Reaping(var ending) -> Optional.of(ending);
        case Destroyed(var ending, _) -> Optional.of(ending);
      };
    }

    /// @param stop asked for before there was anything to stop
    record Preparing(Optional<Event.StopRequested> stop) implements State {}

    record Running() implements State {}

    /// Every process has been asked to end.
    record Stopping(Ending ending) implements State {}

    /// The cgroup is being destroyed.
    record Killing(Ending ending, Fate leader) implements State {}

    /// The cgroup has gone, the leader's status has not come yet.
    record Reaping(Ending ending) implements State {}

    record Destroyed(Ending ending, Fate leader) implements State {}
  }

  /// Why a run ends.
  sealed interface Ending {
    /// The verdict that somebody has decided; empty when it depends on how the leader ends.
    default Optional<Verdict> decided() {
      return switch (this) {
        case Requested(var by) -> Optional.of(new Verdict.Killed(by));
        case TimedOut(var timer, var limit) -> Optional.of(new Verdict.TimedOut(timer, limit));
        case Ending.OutOfMemory(var report) ->
            Optional.of(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(report)));
        case ByItself(), NotLaunched _, Ending.LauncherGone() -> Optional.empty();
      };
    }

    /// The other way round.
    static Optional<Ending> of(Verdict decided) {
      return switch (decided) {
        case Verdict.Killed(var by) -> Optional.of(new Requested(by));
        case Verdict.TimedOut(var timer, var limit) -> Optional.of(new TimedOut(timer, limit));
        case Verdict.OutOfMemory(_, var report) -> report.map(Ending.OutOfMemory::new);
        case Verdict.Exited _, Verdict.Signaled _, Verdict.LaunchFailed _, Verdict.Lost _ ->
            Optional.empty();
      };
    }

    /// Its leader ended.
    record ByItself() implements Ending {}

    record Requested(String by) implements Ending {}

    record TimedOut(Verdict.Timer timer, Duration limit) implements Ending {}

    record OutOfMemory(OomReport report) implements Ending {}

    record NotLaunched(int code, String why) implements Ending {}

    record LauncherGone() implements Ending {}
  }

  /// What became of the leader.
  sealed interface Fate {
    /// It lives, or its status is on its way.
    record Pending() implements Fate {}

    record Ended(WaitStatus status, Instant at) implements Fate {}

    /// It never was, or nobody can tell.
    record Unknown() implements Fate {}
  }

  /// What happens to a run.
  sealed interface Event {
    /// In words, to follow "because".
    default String cause() {
      return switch (this) {
        case Launched() -> "its program runs";
        case LaunchFailed(_, var why) -> why;
        case LeaderExited(var status, _) ->
            status
                .exitCode()
                .map(code -> "its leader exited with " + code)
                .orElseGet(() -> "its leader got " + status.signal().orElse(Signal.KILL).name());
        case Event.LauncherGone() -> "its executor-launcher ended";
        case MemoryNotice() -> "of a notice about its memory";
        case Event.OutOfMemory _ -> "it ran out of memory";
        case StopRequested(var ending, _) ->
            ending.decided().map(Verdict::word).orElse("somebody wants it");
        case GraceOver() -> "its time to end in peace is over";
        case CgroupGone _ -> "its cgroup has gone";
      };
    }

    record Launched() implements Event {}

    record LaunchFailed(int code, String why) implements Event {}

    record LeaderExited(WaitStatus status, Instant at) implements Event {}

    /// The launcher has ended before it was told to.
    record LauncherGone() implements Event {}

    /// The kernel announced something about the run's memory.
    record MemoryNotice() implements Event {}

    /// The run stands at its memory limit, or the kernel killed it there.
    record OutOfMemory(OomReport report) implements Event {}

    record StopRequested(Ending ending, Duration grace) implements Event {}

    /// The time given to end in peace is over.
    record GraceOver() implements Event {}

    /// @param failure what could not be removed, and why
    record CgroupGone(KillReceipt receipt, Optional<String> failure) implements Event {}
  }

  /// What is to be done; each is safe to repeat.
  sealed interface Effect {
    record InspectMemory() implements Effect {}

    /// Asks every process to end, and times the grace.
    record Terminate(Duration grace) implements Effect {}

    record Destroy() implements Effect {}
  }

  record Step(State state, List<Effect> effects) {
    static Step stay(State state) {
      return new Step(state, List.of());
    }
  }

  static State initial() {
    return new State.Preparing(Optional.empty());
  }

  static Step next(State state, Event event) {
    return switch (state) {
      case State.Preparing preparing -> whilePreparing(preparing, event);
      case State.Running running -> whileRunning(running, event);
      case State.Stopping stopping -> whileStopping(stopping, event);
      case State.Killing killing -> whileKilling(killing, event);
      case State.Reaping(var ending) ->
          switch (event) {
            case Event.LeaderExited(var status, var at) ->
                Step.stay(new State.Destroyed(ending, new Fate.Ended(status, at)));
            case Event.LauncherGone(), Event.LaunchFailed _ ->
                Step.stay(new State.Destroyed(ending, new Fate.Unknown()));
            case Event.Launched _,
                Event.MemoryNotice _,
                Event.OutOfMemory _,
                Event.StopRequested _,
                Event.GraceOver _,
                Event.CgroupGone _ ->
                Step.stay(state);
          };
      case State.Destroyed _ -> Step.stay(state);
    };
  }

  private static Step whilePreparing(State.Preparing state, Event event) {
    return switch (event) {
      case Event.Launched() ->
          state.stop().isPresent()
              ? whileRunning(new State.Running(), state.stop().get())
              : Step.stay(new State.Running());
      case Event.LaunchFailed(int code, var why) ->
          killing(new Ending.NotLaunched(code, why), new Fate.Unknown());
      case Event.StopRequested request -> Step.stay(prepareToStop(state, request));
      case Event.LauncherGone() ->
          killing(
              new Ending.NotLaunched(
                  Verdict.OWN_ERROR_CODE, "the executor-launcher ended before it had started it"),
              new Fate.Unknown());
      // The leader runs before the launcher's word of it has arrived.
      case Event.OutOfMemory _, Event.LeaderExited _ ->
          state.stop().isPresent()
              ? whileStopping(new State.Stopping(state.stop().get().ending()), event)
              : whileRunning(new State.Running(), event);
      case Event.MemoryNotice() -> new Step(state, List.of(new Effect.InspectMemory()));
      case Event.GraceOver _, Event.CgroupGone _ -> Step.stay(state);
    };
  }

  /// The first who asked is the cause; who then wants it at once gets it.
  private static State prepareToStop(State.Preparing state, Event.StopRequested request) {
    Event.StopRequested first = state.stop().orElse(request);
    return new State.Preparing(
        Optional.of(
            request.grace().isZero()
                ? new Event.StopRequested(first.ending(), request.grace())
                : first));
  }

  private static Step whileRunning(State state, Event event) {
    return switch (event) {
      case Event.LeaderExited(var status, var at) ->
          killing(new Ending.ByItself(), new Fate.Ended(status, at));
      case Event.LauncherGone() -> killing(new Ending.LauncherGone(), new Fate.Unknown());
      case Event.OutOfMemory(var report) ->
          killing(new Ending.OutOfMemory(report), new Fate.Pending());
      case Event.StopRequested(var ending, var grace) ->
          grace.isZero()
              ? killing(ending, new Fate.Pending())
              : new Step(new State.Stopping(ending), List.of(new Effect.Terminate(grace)));
      case Event.MemoryNotice() -> new Step(state, List.of(new Effect.InspectMemory()));
      case Event.Launched _, Event.LaunchFailed _, Event.GraceOver _, Event.CgroupGone _ ->
          Step.stay(state);
    };
  }

  private static Step whileStopping(State.Stopping state, Event event) {
    return switch (event) {
      case Event.LeaderExited(var status, var at) ->
          killing(state.ending(), new Fate.Ended(status, at));
      case Event.LauncherGone() -> killing(state.ending(), new Fate.Unknown());
      case Event.OutOfMemory _, Event.GraceOver() -> killing(state.ending(), new Fate.Pending());
      case Event.StopRequested(_, var grace) ->
          grace.isZero() ? killing(state.ending(), new Fate.Pending()) : Step.stay(state);
      case Event.MemoryNotice() -> new Step(state, List.of(new Effect.InspectMemory()));
      case Event.Launched _, Event.LaunchFailed _, Event.CgroupGone _ -> Step.stay(state);
    };
  }

  private static Step whileKilling(State.Killing state, Event event) {
    return switch (event) {
      case Event.LeaderExited(var status, var at) ->
          Step.stay(new State.Killing(state.ending(), new Fate.Ended(status, at)));
      // A launcher that could not launch waits to be told to quit: no status will come.
      case Event.LauncherGone(), Event.LaunchFailed _ ->
          state.leader() instanceof Fate.Pending
              ? Step.stay(new State.Killing(state.ending(), new Fate.Unknown()))
              : Step.stay(state);
      case Event.CgroupGone(_, var failure) -> {
        if (!(state.leader() instanceof Fate.Pending)) {
          yield Step.stay(new State.Destroyed(state.ending(), state.leader()));
        }
        yield failure.isPresent()
            ? Step.stay(new State.Destroyed(state.ending(), new Fate.Unknown()))
            : Step.stay(new State.Reaping(state.ending()));
      }
      case Event.Launched _,
          Event.MemoryNotice _,
          Event.OutOfMemory _,
          Event.StopRequested _,
          Event.GraceOver _ ->
          Step.stay(state);
    };
  }

  private static Step killing(Ending ending, Fate leader) {
    return new Step(new State.Killing(ending, leader), List.of(new Effect.Destroy()));
  }
}
