package dev.holdfast.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.holdfast.agent.checkpoint.RecoveryPlan.Boots;
import dev.holdfast.agent.checkpoint.RecoveryPlan.Fate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryPlanTest {
  private static final Checkpoint CHECKPOINT = CheckpointTest.some();
  private static final String NOW = CHECKPOINT.bootId();
  private static final String OTHER = "00000000-0000-4000-8000-00000000000f";
  private static final Boots SAME = new Boots(NOW, Optional.of(NOW), Optional.of(NOW));
  private static final RuntimeStore.Found READABLE =
      new RuntimeStore.Found(true, true, Optional.of(CHECKPOINT), Optional.of(CHECKPOINT));
  private static final RuntimeStore.Found TORN =
      new RuntimeStore.Found(true, true, Optional.empty(), Optional.empty());
  private static final RuntimeStore.Found EMBEDDED =
      new RuntimeStore.Found(true, false, Optional.empty(), Optional.empty());
  private static final MetaTree.Found BEGUN =
      new MetaTree.Found(Optional.of(CHECKPOINT), Optional.empty(), false);
  private static final MetaTree.Found COMPLETED =
      new MetaTree.Found(Optional.of(CHECKPOINT), Optional.empty(), true);
  private static final JsonObject OUTCOME = new JsonObject();
  private static final MetaTree.Found ENDED =
      new MetaTree.Found(Optional.of(CHECKPOINT), Optional.of(OUTCOME), true);

  private static Fate fate(RuntimeStore.Found runtime, MetaTree.Found meta) {
    return RecoveryPlan.fate(runtime, meta, SAME);
  }

  @Test
  void anUnfinishedRunIsAdoptedFromEitherCopy() {
    assertThat(fate(READABLE, BEGUN)).isEqualTo(new Fate.Adopt(CHECKPOINT));
    assertThat(fate(READABLE, MetaTree.Found.NOTHING)).isEqualTo(new Fate.Adopt(CHECKPOINT));
    assertThat(fate(TORN, BEGUN)).isEqualTo(new Fate.Adopt(CHECKPOINT));
    assertThat(fate(EMBEDDED, BEGUN)).isEqualTo(new Fate.Adopt(CHECKPOINT));
  }

  @Test
  void aRunWhoseFilesWereRemovedIsForgotten() {
    assertThat(fate(RuntimeStore.Found.NOTHING, BEGUN))
        .isEqualTo(new Fate.Forgotten(CHECKPOINT, RecoveryPlan.FORGOTTEN));
    assertThat(fate(RuntimeStore.Found.NOTHING, ENDED))
        .isEqualTo(new Fate.Ended(CHECKPOINT, OUTCOME));
  }

  /// The agent was killed some milliseconds after the launch, and the file torn.
  @Test
  void aRunThatTheDurableTreeHasNotHeardOfIsAdoptedAsItWasLaunched() {
    RuntimeStore.Found torn =
        new RuntimeStore.Found(true, true, Optional.empty(), Optional.of(CHECKPOINT));
    assertThat(fate(torn, MetaTree.Found.NOTHING)).isEqualTo(new Fate.Adopt(CHECKPOINT));

    Checkpoint changed = CHECKPOINT.withLimits(CHECKPOINT.spec().limits(), Optional.of("later"));
    MetaTree.Found heard = new MetaTree.Found(Optional.of(changed), Optional.empty(), false);
    assertThat(fate(torn, heard)).isEqualTo(new Fate.Adopt(changed));
  }

  @Test
  void theNewerCopyIsBelieved() {
    Checkpoint changed = CHECKPOINT.withLimits(CHECKPOINT.spec().limits(), Optional.empty());
    RuntimeStore.Found newer =
        new RuntimeStore.Found(true, true, Optional.of(changed), Optional.of(CHECKPOINT));
    assertThat(fate(newer, BEGUN)).isEqualTo(new Fate.Adopt(changed));
  }

  @Test
  void anOutcomeSettlesIt() {
    assertThat(fate(READABLE, ENDED)).isEqualTo(new Fate.Ended(CHECKPOINT, OUTCOME));
    assertThat(
            RecoveryPlan.fate(
                READABLE, ENDED, new Boots(OTHER, Optional.empty(), Optional.empty())))
        .isEqualTo(new Fate.Ended(CHECKPOINT, OUTCOME));
  }

  @Test
  void aCompletedRunWithoutAnOutcomeIsAskedOnceMoreIfItsFilesAreThere() {
    assertThat(fate(READABLE, COMPLETED)).isEqualTo(new Fate.Adopt(CHECKPOINT));
    assertThat(fate(RuntimeStore.Found.NOTHING, COMPLETED))
        .isEqualTo(new Fate.Lost(CHECKPOINT, RecoveryPlan.NO_OUTCOME));
  }

  @Test
  void anyOtherBootIdMeansThatTheHostWasRestarted() {
    Fate lost = new Fate.Lost(CHECKPOINT, RecoveryPlan.REBOOTED);
    for (Boots boots :
        new Boots[] {
          new Boots(OTHER, Optional.empty(), Optional.empty()),
          new Boots(NOW, Optional.of(OTHER), Optional.of(NOW)),
          new Boots(NOW, Optional.of(NOW), Optional.of(OTHER))
        }) {
      assertThat(RecoveryPlan.fate(READABLE, BEGUN, boots)).isEqualTo(lost);
    }
    assertThat(
            RecoveryPlan.fate(READABLE, BEGUN, new Boots(NOW, Optional.empty(), Optional.empty())))
        .isEqualTo(new Fate.Adopt(CHECKPOINT));
  }

  @Test
  void whatCannotBeReadAndWhatIsNotOursAreToldApart() {
    assertThat(fate(TORN, MetaTree.Found.NOTHING)).isEqualTo(new Fate.Unreadable());
    assertThat(fate(EMBEDDED, MetaTree.Found.NOTHING)).isEqualTo(new Fate.Foreign());
  }
}
