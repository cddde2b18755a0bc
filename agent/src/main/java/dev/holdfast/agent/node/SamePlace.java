package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.Copies;
import dev.holdfast.agent.checkpoint.Place;
import dev.holdfast.agent.checkpoint.RecoveryPlan.Fate;
import dev.holdfast.agent.checkpoint.RuntimeStore;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Whether an agent looks for runs where the one before it kept them. Elsewhere they would be taken
/// for ended, or for never launched, and their processes for orphans.
///
/// @param before of the agent before; absent when its document does not tell
record SamePlace(Optional<Place> before, NodeSettings settings) {
  /// What was launched just before the agent's death may be known there alone.
  ///
  /// @param other the runtime directory of before
  /// @return true
  /// @throws RecoveryException when runs are kept there, and this is another
  boolean requireNone(RuntimeStore other, String bootId) throws IOException {
    boolean same =
        before.isEmpty() || before.get().runtimeDirectory().equals(settings.runtimeDirectory());
    if (same || !other.bootId().equals(Optional.of(bootId))) {
      return true;
    }
    for (RunId run : other.runs()) {
      RuntimeStore.Found found = other.read(run, new Copies());
      if (found.ours()) {
        throw isKept(
            found.checkpoint().map(it -> it.executor().toString()).orElseGet(run::toString),
            before.get().runtimeDirectory());
      }
    }
    return true;
  }

  private RecoveryException isKept(String run, Path directory) {
    return elsewhere(
        run,
        "is kept in the runtime directory",
        directory,
        settings.runtimeDirectory(),
        "runtime-dir");
  }

  /// @throws RecoveryException when the run may live, or have ended unheard, somewhere else
  void require(Fate fate) {
    switch (fate) {
      case Fate.Adopt(var checkpoint) -> {
        requireRoot(checkpoint);
        requireHierarchy(checkpoint);
      }
      case Fate.Forgotten(var checkpoint, _) -> {
        requireRuntimeDirectory(checkpoint);
        requireRoot(checkpoint);
        requireHierarchy(checkpoint);
      }
      case Fate.Ended _, Fate.Lost _, Fate.Unreadable _, Fate.Foreign _ -> {
        // nothing of it is looked for
      }
    }
  }

  /// Its launcher's door is there, and how it ended if it has.
  private void requireRuntimeDirectory(Checkpoint checkpoint) {
    before
        .map(Place::runtimeDirectory)
        .filter(its -> !its.equals(settings.runtimeDirectory()))
        .ifPresent(its -> {
          throw isKept(checkpoint.executor().toString(), its);
        });
  }

  /// Below another root its cgroup would be taken for one that has gone: no kill would reach it.
  private void requireRoot(Checkpoint checkpoint) {
    CgroupPath ours = settings.cgroupsRoot();
    CgroupPath its = checkpoint.cgroupsRoot().orElse(ours);
    if (!its.equals(ours)) {
      throw elsewhere(
          checkpoint.executor().toString(),
          "lives below the cgroups' root",
          its,
          ours,
          "cgroups-root");
    }
  }

  /// In another hierarchy likewise.
  private void requireHierarchy(Checkpoint checkpoint) {
    before
        .filter(place -> !place.hierarchy().equals(settings.hierarchy()))
        .ifPresent(place -> {
          throw elsewhere(
              checkpoint.executor().toString(),
              "lives in the cgroups' hierarchy",
              place.hierarchyFlag(),
              settings.place().hierarchyFlag(),
              "cgroups-hierarchy");
        });
  }

  private static RecoveryException elsewhere(
      String run, String what, Object its, Object ours, String flag) {
    return new RecoveryException(
        "the run "
            + run
            + " "
            + what
            + " "
            + its
            + ", not "
            + ours
            + ": start with --"
            + flag
            + " "
            + its
            + ", and with --recover cleanup to end it first");
  }
}
