package dev.holdfast.agent;

import com.google.gson.JsonObject;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.NodeInfo;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.api.UpdateResult;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// What the agent can do, whatever door the request came through. Thread-safe; every method checks
/// whether the caller may, and throws [NodeException] with one sentence when it cannot be done.
///
/// An `id` is a run's UUID, a unique prefix of at least 4 characters, or `framework/executor`,
/// which means the latest run. A run that the caller may not see is not found.
public interface Node {
  /// @param all with those that have ended
  List<ExecutorInfo> list(Caller caller, boolean all, Optional<String> framework);

  /// Returns when the program runs, or is known not to: then the verdict is `launch_failed`.
  ExecutorInfo launch(Caller caller, LaunchRequest request) throws InterruptedException;

  ExecutorInfo inspect(Caller caller, String id);

  /// @param limits what is absent stays as it is
  UpdateResult update(Caller caller, String id, ResourceLimits limits, boolean dryRun);

  /// Removes a run that has ended, with its sandbox.
  void remove(Caller caller, String id);

  /// KILL, the default, ends everything and returns when the cgroup is gone. Any other signal goes
  /// to the leader's process group.
  KillReceipt kill(Caller caller, String id, Optional<String> signal) throws InterruptedException;

  /// Asks everything to end, kills what is left after `timeout`, and returns when the cgroup is
  /// gone.
  ExecutorInfo stop(Caller caller, String id, Optional<Duration> timeout)
      throws InterruptedException;

  void pause(Caller caller, String id);

  void unpause(Caller caller, String id);

  /// Returns when the run has ended: all that is known of its end, as in [ExecutorInfo#outcome].
  ///
  /// @param patience how long at most; empty result when it is over before
  Optional<JsonObject> await(Caller caller, String id, Optional<Duration> patience)
      throws InterruptedException;

  /// The latest reading.
  Stats stats(Caller caller, String id);

  /// The readings of the last 15 minutes, the oldest first.
  List<Stats> history(Caller caller, String id);

  List<ProcessInfo> top(Caller caller, String id);

  /// What the run wrote, from `tail` lines before its end, or from the beginning.
  ///
  /// @param stream `stdout` or `stderr`
  /// @param follow the stream ends with the run, otherwise with what is there now. A read that
  ///   waits for more returns 0 bytes about every second, so that the reader can see whether
  ///   anybody still listens
  InputStream logs(Caller caller, String id, String stream, boolean follow, OptionalLong tail);

  Explanation explain(Caller caller, String id);

  /// Has `listener` told of every event that the caller may see, those after `after` first as far
  /// as they are remembered: of these before this returns. It must not block.
  ///
  /// @param after empty for all that are remembered
  Subscription events(Caller caller, OptionalLong after, Consumer<Event> listener);

  NodeInfo info(Caller caller);

  /// For Prometheus, in its text format 0.0.4.
  String metrics(Caller caller);

  /// The seed's `/monitor/statistics.json` and `/monitor/usage.json`.
  String monitorStatistics(Caller caller);

  String monitorUsage(Caller caller);

  /// Ends the listening.
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
