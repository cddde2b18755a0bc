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

/// The runs of an isolator and its root.
final class IsolatedRuns implements Runs {
  private final Isolator isolator;
  private Optional<RootHold> root = Optional.empty();

  IsolatedRuns(Isolator isolator) {
    this.isolator = isolator;
  }

  @Override
  public synchronized void hold() {
    root = Optional.of(isolator.holdRoot());
  }

  @Override
  public Run launch(
      RunId id, ExecutorSpec spec, Detached detached, Runnable before, RunObserver observer) {
    return isolator.launch(id, spec, detached, before, observer);
  }

  @Override
  public Run adopt(RunId id, ExecutorSpec spec, Optional<Verdict> decided, RunObserver observer) {
    return isolator.adopt(id, spec, decided, observer);
  }

  @Override
  public synchronized List<RootHold.Orphan> destroyOrphans(Set<RunId> known) {
    return root.orElseThrow().destroyOrphans(known);
  }

  @Override
  public synchronized Set<Integer> removeEmpty(ExecutorId executor, RunId run) {
    return root.orElseThrow().removeEmpty(executor, run);
  }

  @Override
  public synchronized void close() {
    root.ifPresent(RootHold::close);
    root = Optional.empty();
  }
}
