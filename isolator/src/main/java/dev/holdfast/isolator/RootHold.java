package dev.holdfast.isolator;

import java.util.List;
import java.util.Set;

/// The exclusive right of an agent to the runs below the cgroups' root.
public interface RootHold extends AutoCloseable {
  /// A cgroup of a run that nobody looks after.
  ///
  /// @param sentence what has become of it, for a person
  /// @param destroyed whether it is gone
  record Orphan(String sentence, boolean destroyed) {}

  /// Destroys, children first, every cgroup that was minted by an agent and is not of a run in
  /// `known`, and what embedded runs whose holder was killed have left; returns these. Cgroups
  /// whose names were not minted here are never touched.
  List<Orphan> destroyOrphans(Set<RunId> known);

  /// Removes the cgroup of a run that nobody looks after any more, unless processes are in it;
  /// returns these.
  Set<Integer> removeEmpty(ExecutorId executor, RunId run);

  /// Lets go. The root goes if nothing lives in it.
  @Override
  void close();
}
