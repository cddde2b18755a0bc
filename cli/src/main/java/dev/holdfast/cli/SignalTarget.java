package dev.holdfast.cli;

import dev.holdfast.linux.Signal;

/// What signals are passed on to: a run of this process, or of an agent. Any thread.
interface SignalTarget {
  /// To the leader's process group.
  void signal(Signal signal);

  /// Ends the run in the time that it was launched with.
  ///
  /// @param by what asked for it
  void stop(String by);

  /// Ends it at once.
  ///
  /// @param by what asked for it
  void kill(String by);

  /// @return false when there is nothing left to pause
  boolean pause();

  void unpause();
}
