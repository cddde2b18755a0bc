package dev.holdfast.isolator;

import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// All that is known of a run that has ended. How it ended and whether its clean-up worked are two
/// facts.
///
/// @param leaderStatus the leader's own, absent when it never ran or was lost
/// @param took from the start of the leader to its end, or to the end of the run without one
/// @param usage the last reading before the cgroup went, without processes, pressure and what
///   memory was used for
/// @param oomKills processes of the run that an OOM killer ended
/// @param kill absent when there was no cgroup to destroy
/// @param cleanupFailure what is left, and why; absent when nothing is
public record Outcome(
    RunId run,
    ExecutorId executor,
    Verdict verdict,
    Optional<WaitStatus> leaderStatus,
    Instant started,
    Duration took,
    Usage usage,
    long oomKills,
    Optional<KillReceipt> kill,
    Optional<String> cleanupFailure) {
  private static final int KILLED = Verdict.SIGNAL_BASE + Signal.KILL.number();

  /// The exit code that stands for the ending, as shells, timeout(1) and docker use them.
  public int exitCode() {
    return switch (verdict) {
      case Verdict.Exited(int code) -> code;
      case Verdict.Signaled(var signal, _) -> Verdict.SIGNAL_BASE + signal.number();
      case Verdict.Killed _ -> leaderStatus.map(Outcome::exitCode).orElse(KILLED);
      case Verdict.OutOfMemory _ -> KILLED;
      case Verdict.TimedOut _ -> Verdict.TIMEOUT_CODE;
      case Verdict.LaunchFailed(int code, _) -> code;
      case Verdict.Lost _ -> Verdict.OWN_ERROR_CODE;
    };
  }

  private static int exitCode(WaitStatus status) {
    return status
        .exitCode()
        .orElseGet(() -> Verdict.SIGNAL_BASE + status.signal().orElse(Signal.KILL).number());
  }
}
