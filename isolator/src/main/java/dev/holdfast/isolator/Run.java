package dev.holdfast.isolator;

import dev.holdfast.linux.Signal;
import java.time.Duration;

/// A run that has been launched. Thread-safe.
public interface Run {
  RunId id();

  ExecutorId executor();

  /// The leader's pid; it means nothing after the run has ended.
  int leader();

  /// The pid of its executor-launcher; 0 before it is known.
  int launcher();

  /// When its program was started, by its launcher's clock; exact to 10 ms while the launcher of a
  /// run that was adopted has not spoken. Empty before.
  java.util.Optional<java.time.Instant> started();

  Phase phase();

  /// Where a run stands.
  enum Phase {
    /// The files that it needs are on their way.
    FETCHING,
    PREPARING,
    RUNNING,
    /// Asked to end.
    STOPPING,
    /// Its cgroup is being destroyed.
    KILLING,
    /// Its cgroup has gone, its leader's status has not come.
    REAPING,
    ENDED
  }

  /// The directories of its cgroup, one for each hierarchy.
  java.util.List<java.nio.file.Path> cgroupDirectories();

  /// The pids of its processes now; empty when it has ended.
  java.util.Set<Integer> processes();

  /// What is on its way for it now; empty but in [Phase#FETCHING].
  default java.util.Optional<FetchProgress> fetching() {
    return java.util.Optional.empty();
  }

  /// Whether [#pause] holds it.
  boolean isPaused();

  /// Waits for the end. Repeatable.
  ///
  /// @throws IsolatorException when it could not be set up; nothing of it is left
  Outcome await() throws InterruptedException;

  /// Sends a signal to the leader's process group, as a terminal would; nothing when it has ended.
  void signal(Signal signal);

  /// Asks every process to end (SIGTERM) and kills what is left after `grace`.
  ///
  /// @param by who wants it, for the verdict
  void stop(String by, Duration grace);

  /// Stops every process until [#unpause].
  ///
  /// @throws IsolatorException when they could not be stopped in time; then they run on
  void pause();

  /// Repeatable.
  void unpause();

  /// Changes the limits of the live run to what [Limits#with] makes of them.
  ///
  /// @throws IllegalArgumentException when what stays does not go with the change
  /// @throws IsolatorException when the run is not under a controller that it needs, or may not use
  ///   a CPU, with nothing changed; or when the kernel refuses a limit: those already changed stay
  ///   changed
  LimitUpdate update(Limits limits);

  /// What [#update] would do now, without doing it. Throws what that would, but for what only the
  /// kernel knows.
  LimitUpdate plan(Limits limits);

  /// Looks whether the kernel still has the limits that the run was given, and sets them again
  /// where somebody else has changed them; returns what was found, one sentence each.
  java.util.List<String> restoreLimits();

  /// A reading of now; empty parts when the run has ended.
  Usage usage();

  /// Reads what it uses again and again, at less cost than [#usage].
  UsageSampler sampler();

  /// How far the fetching of one file has come.
  ///
  /// @param uri for a person, see [FetchUri#shown]
  /// @param extracting whether it is there and what is counted comes out of it
  /// @param total when it is known
  record FetchProgress(String uri, boolean extracting, long bytes, java.util.OptionalLong total) {}

  /// What an update did to the hard memory limit.
  ///
  /// @param memoryDeferred the limit stays as it was, since more is in use than asked for: in one
  ///   sentence with the numbers. The same update may be asked for again
  record LimitUpdate(java.util.Optional<String> memoryDeferred) {}
}
