package dev.holdfast.isolator;

/// Hears what happens to one run, in order, on the run's thread.
public interface RunObserver {
  /// Somebody who doesn't want to know.
  RunObserver NONE = new RunObserver() {};

  /// The run went from one phase to another.
  default void changed(Run.Phase before, Run.Phase after, String cause) {}

  /// Why the run is about to be ended, before anything is killed: who keeps it can tell even if
  /// this process dies meanwhile.
  default void decided(Verdict verdict) {}

  /// All is over; nothing follows.
  default void ended(Outcome outcome) {}

  /// Nothing has happened but that the run's thread failed: nothing follows.
  default void failed(IsolatorException cause) {}
}
