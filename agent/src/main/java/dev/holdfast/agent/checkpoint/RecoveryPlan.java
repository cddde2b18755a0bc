package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.Set;

/// What is to become of the runs that an agent finds when it starts.
public final class RecoveryPlan {
  // As they stand in outcomes on disk.
  static final String REBOOTED = "the host was restarted while it ran";
  static final String NO_OUTCOME = "it ended, but the file that told how cannot be read";
  static final String FORGOTTEN = "its files in the runtime directory were removed";

  private RecoveryPlan() {}

  /// What is to become of one run.
  public sealed interface Fate {
    /// It has ended, and how is known.
    record Ended(Checkpoint checkpoint, JsonObject outcome) implements Fate {
      /// Whether it was found to be [Lost] by an agent before this one.
      public boolean wasLost() {
        return RecoveryPlan.wasLost(outcome);
      }
    }

    /// It may be alive: take it over, whatever has become of it.
    record Adopt(Checkpoint checkpoint) implements Fate {}

    /// It has ended, nobody knows how, and nothing of it may be touched any more.
    record Lost(Checkpoint checkpoint, String why) implements Fate {}

    /// It may be alive, but nobody can reach its launcher, or hear how it ends: what is left of it
    /// is an orphan.
    record Forgotten(Checkpoint checkpoint, String why) implements Fate {}

    /// Nothing can be read of a run of ours.
    record Unreadable() implements Fate {}

    /// Not a run of an agent.
    record Foreign() implements Fate {}
  }

  /// The boot ids that were found.
  public record Boots(String now, Optional<String> runtime, Optional<String> meta) {
    /// Whether what was found is of an earlier life of the host.
    boolean isOther(Checkpoint checkpoint) {
      return !checkpoint.bootId().equals(now)
          || runtime.filter(id -> !id.equals(now)).isPresent()
          || meta.filter(id -> !id.equals(now)).isPresent();
    }
  }

  /// Whether it is the outcome of a run that was found to be [Fate.Lost].
  public static boolean wasLost(JsonObject outcome) {
    JsonElement why = outcome.get("why");
    return why != null
        && why.isJsonPrimitive()
        && Set.of(REBOOTED, NO_OUTCOME).contains(why.getAsString());
  }

  /// Decides by what was written before the agent went.
  public static Fate fate(RuntimeStore.Found runtime, MetaTree.Found meta, Boots boots) {
    // The runtime directory's is newer: it alone has the decided verdict. The durable tree may not
    // have heard of the run yet.
    Optional<Checkpoint> checkpoint =
        runtime.checkpoint().or(meta::checkpoint).or(runtime::launched);
    if (checkpoint.isEmpty()) {
      boolean foreign = runtime.present() && !runtime.ours();
      return foreign && meta.equals(MetaTree.Found.NOTHING)
          ? new Fate.Foreign()
          : new Fate.Unreadable();
    }
    if (meta.outcome().isPresent()) {
      return new Fate.Ended(checkpoint.get(), meta.outcome().get());
    }
    if (boots.isOther(checkpoint.get())) {
      return new Fate.Lost(checkpoint.get(), REBOOTED);
    }
    if (runtime.present()) {
      return new Fate.Adopt(checkpoint.get());
    }
    return meta.completed()
        ? new Fate.Lost(checkpoint.get(), NO_OUTCOME)
        : new Fate.Forgotten(checkpoint.get(), FORGOTTEN);
  }
}
