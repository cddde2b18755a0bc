package dev.holdfast.isolator;

import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.Optional;

/// How a run ended: one a run, always with its evidence.
public sealed interface Verdict {
  /// The leader ended by itself.
  record Exited(int code) implements Verdict {}

  /// A signal that was not ours ended the leader.
  record Signaled(Signal signal, boolean dumpedCore) implements Verdict {}

  /// Somebody had it ended.
  record Killed(String by) implements Verdict {}

  record OutOfMemory(Scope scope, Optional<OomReport> report) implements Verdict {}

  /// Whose memory ran out.
  enum Scope {
    /// The run's own limit was reached.
    OWN_LIMIT,
    /// A cgroup above it reached its limit.
    ANCESTOR,
    /// The machine had no memory left.
    HOST
  }

  record TimedOut(Timer timer, Duration limit) implements Verdict {}

  /// Which time was up.
  enum Timer {
    WALL,
    CPU
  }

  /// The command did not come to run.
  ///
  /// @param code 125 when it could not be set up, 126 when the program cannot be executed, 127 when
  ///   there is none
  record LaunchFailed(int code, String why) implements Verdict {}

  /// Nobody can tell how it ended.
  record Lost(String why) implements Verdict {}

  int TIMEOUT_CODE = 124;
  int OWN_ERROR_CODE = 125;
  int NOT_EXECUTABLE_CODE = 126;
  int NOT_FOUND_CODE = 127;
  int SIGNAL_BASE = 128;

  /// The word for it in files and messages.
  default String word() {
    return switch (this) {
      case Exited _ -> "exited";
      case Signaled _ -> "signaled";
      case Killed _ -> "killed";
      case OutOfMemory _ -> "out_of_memory";
      case TimedOut _ -> "timed_out";
      case LaunchFailed _ -> "launch_failed";
      case Lost _ -> "lost";
    };
  }
}
