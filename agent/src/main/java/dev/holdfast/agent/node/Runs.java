package dev.holdfast.agent.node;

import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Isolator;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who makes runs: what the agent needs of an [Isolator].
public interface Runs extends AutoCloseable {
  /// As [Isolator#holdRoot], before any other call.
  void hold();

  /// As [Isolator#launch(RunId, ExecutorSpec, Detached, Runnable, RunObserver)].
  Run launch(RunId id, ExecutorSpec spec, Detached detached, Runnable before, RunObserver observer);

  /// As [Isolator#adopt].
  Run adopt(RunId id, ExecutorSpec spec, Optional<Verdict> decided, RunObserver observer);

  /// As [RootHold#destroyOrphans].
  List<RootHold.Orphan> destroyOrphans(Set<RunId> known);

  /// As [RootHold#removeEmpty].
  Set<Integer> removeEmpty(ExecutorId executor, RunId run);

  /// As [RootHold#close].
  @Override
  void close();

  /// Those of a real isolator.
  static Runs of(Isolator isolator) {
    return new IsolatedRuns(isolator);
  }
}
