package dev.holdfast.cli;

import dev.holdfast.linux.Signal;
import java.time.Duration;

/// What signals are passed on to: a run of this process, or of an agent. Any thread.
interface SignalTarget {
  /// To the leader's process group.
  void signal(Signal signal);

  /// @param by what asked for it
  void stop(String by, Duration grace);

  /// @return false when there is nothing left to pause
  boolean pause();

  void unpause();
}
