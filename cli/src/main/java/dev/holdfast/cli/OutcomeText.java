package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Verdict;
import java.util.List;
import java.util.Optional;

/// What a run's end has to say to a person, on stderr. A command that ended by itself and left
/// nothing behind says all there is to say with its exit code.
final class OutcomeText {
  private static final int MOST_NAMED = 5;

  private OutcomeText() {}

  static void print(Outcome outcome, Streams streams) {
    String who = outcome.executor().toString();
    switch (outcome.verdict()) {
      case Verdict.Exited(int code) -> {
        explainKernelKills(outcome, who, streams);
        if (code != 0) {
          explainLimit(outcome, who, streams);
        }
      }
      case Verdict.Signaled(var signal, boolean core) ->
          streams.message(who + " was ended by " + signal + (core ? " (core dumped)" : ""));
      case Verdict.Killed(var by) -> streams.message(who + " was ended: " + by);
      case Verdict.OutOfMemory verdict ->
          OomPicture.print(verdict, who, outcome.oomKills(), streams);
      case Verdict.TimedOut(var timer, var limit) ->
          streams.message(
              who
                  + " was ended: its "
                  + (timer == Verdict.Timer.WALL ? "time" : "CPU time")
                  + " of "
                  + Durations.format(limit)
                  + " was up"
                  + outcome.usage().throttling().map(OutcomeText::throttling).orElse(""));
      case Verdict.LaunchFailed(_, var why) -> streams.message(why);
      case Verdict.Lost(var why) -> streams.message(who + " was lost: " + why);
    }
    describeKill(outcome, who, streams);
    outcome.cleanupFailure().ifPresent(failure -> streams.message("clean-up failed: " + failure));
  }

  private static void explainKernelKills(Outcome outcome, String who, Streams streams) {
    if (outcome.oomKills() > 0) {
      streams.message(
          "the kernel killed "
              + count(outcome.oomKills(), "process")
              + " of "
              + who
              + " for want of memory");
    }
  }

  /// A system call that meets the limit fails with an error of the command's own words.
  private static void explainLimit(Outcome outcome, String who, Streams streams) {
    Optional<Bytes> limit = outcome.usage().memoryLimit().flatMap(Limit::value);
    Optional<Bytes> peak = outcome.usage().memoryPeak();
    if (limit.isPresent() && peak.isPresent() && peak.get().compareTo(limit.get()) >= 0) {
      streams.message(who + " had reached its memory limit of " + limit.get());
    }
  }

  private static String throttling(CpuController.Throttling throttling) {
    return " (throttled in "
        + throttling.throttledPeriods()
        + " of "
        + throttling.periods()
        + " periods, "
        + Durations.format(throttling.throttled())
        + " in all)";
  }

  /// What a command left running is worth a word; what an asked-for ending killed is expected.
  private static void describeKill(Outcome outcome, String who, Streams streams) {
    Optional<KillReceipt> receipt = outcome.kill().filter(kill -> kill.count() > 0);
    if (receipt.isEmpty() || outcome.verdict() instanceof Verdict.OutOfMemory) {
      return;
    }
    KillReceipt kill = receipt.get();
    streams.message(
        (outcome.cleanupFailure().isEmpty() ? "killed " : "tried to kill ")
            + count(kill.count(), "process")
            + " of "
            + who
            + " in "
            + Durations.format(kill.took())
            + " ("
            + kill.mechanism().label()
            + "): "
            + names(kill));
  }

  private static String names(KillReceipt kill) {
    StringBuilder names = new StringBuilder();
    List<KillReceipt.Victim> victims = kill.victims();
    for (int i = 0; i < Math.min(victims.size(), MOST_NAMED); i++) {
      names
          .append(names.isEmpty() ? "" : ", ")
          .append(victims.get(i).name())
          .append(" (")
          .append(victims.get(i).pid())
          .append(')');
    }
    int rest = kill.count() - Math.min(victims.size(), MOST_NAMED);
    return names + (rest > 0 ? " and " + rest + " more" : "");
  }

  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "es");
  }
}
