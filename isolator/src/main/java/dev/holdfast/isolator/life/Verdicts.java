package dev.holdfast.isolator.life;

import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.util.Optional;

/// From why a run ended, what its leader's status was and what the OOM killer did, to one verdict.
final class Verdicts {
  private Verdicts() {}

  static Verdict of(Lifecycle.Ending ending, Lifecycle.Fate leader, MemoryWatch.Evidence memory) {
    return switch (ending) {
      case Lifecycle.Ending.OutOfMemory(var report) ->
          new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(report));
      case Lifecycle.Ending.TimedOut(var timer, var limit) -> new Verdict.TimedOut(timer, limit);
      case Lifecycle.Ending.Requested(var by) -> new Verdict.Killed(by);
      case Lifecycle.Ending.NotLaunched(int code, var why) -> new Verdict.LaunchFailed(code, why);
      case Lifecycle.Ending.LauncherGone() ->
          new Verdict.Lost(
              "its executor-launcher was killed, and with it the exit status was lost");
      case Lifecycle.Ending.ByItself() ->
          switch (leader) {
            case Lifecycle.Fate.Ended(var status, _) -> ofStatus(status, memory);
            case Lifecycle.Fate.Pending(), Lifecycle.Fate.Unknown() ->
                new Verdict.Lost("its exit status never arrived");
          };
    };
  }

  /// A page that the kernel needs on the process's behalf, to enter a signal handler or to restart
  /// a sequence, cannot wait for memory: the process gets one of these instead.
  static boolean isFault(Lifecycle.Fate leader) {
    return leader instanceof Lifecycle.Fate.Ended(var status, _)
        && status.signal().filter(Verdicts::isFault).isPresent();
  }

  private static boolean isFault(Signal signal) {
    return signal.equals(Signal.SEGV) || signal.equals(Signal.BUS);
  }

  private static Verdict ofStatus(WaitStatus status, MemoryWatch.Evidence memory) {
    Optional<Signal> signal = status.signal();
    if (signal.isEmpty()) {
      int code = status.exitCode().orElseThrow();
      return code != 0 && memory.decides()
          ? new Verdict.OutOfMemory(memory.scope(), memory.report())
          : new Verdict.Exited(code);
    }
    boolean killed = signal.get().equals(Signal.KILL) && memory.kills() > 0;
    return killed || (isFault(signal.get()) && memory.decides())
        ? new Verdict.OutOfMemory(memory.scope(), memory.report())
        : new Verdict.Signaled(signal.get(), status.dumpedCore());
  }
}
