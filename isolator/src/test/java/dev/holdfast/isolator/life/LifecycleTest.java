package dev.holdfast.isolator.life;

import static dev.holdfast.isolator.life.Lives.DESTROY;
import static dev.holdfast.isolator.life.Lives.ENDED;
import static dev.holdfast.isolator.life.Lives.EXITED;
import static dev.holdfast.isolator.life.Lives.FIRST;
import static dev.holdfast.isolator.life.Lives.GRACE_OVER;
import static dev.holdfast.isolator.life.Lives.INSPECT;
import static dev.holdfast.isolator.life.Lives.KILL;
import static dev.holdfast.isolator.life.Lives.KILL_AGAIN;
import static dev.holdfast.isolator.life.Lives.LAUNCHED;
import static dev.holdfast.isolator.life.Lives.LAUNCHER_GONE;
import static dev.holdfast.isolator.life.Lives.LAUNCH_FAILED;
import static dev.holdfast.isolator.life.Lives.NOTICE;
import static dev.holdfast.isolator.life.Lives.OUT_OF_MEMORY;
import static dev.holdfast.isolator.life.Lives.REMOVED;
import static dev.holdfast.isolator.life.Lives.REPORT;
import static dev.holdfast.isolator.life.Lives.STOP;
import static dev.holdfast.isolator.life.Lives.STOP_AGAIN;
import static dev.holdfast.isolator.life.Lives.STUCK;
import static dev.holdfast.isolator.life.Lives.TERMINATE;
import static dev.holdfast.isolator.life.Lives.UNKNOWN;
import static dev.holdfast.isolator.life.Lives.destroyed;
import static dev.holdfast.isolator.life.Lives.walk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.life.Lifecycle.Ending;
import dev.holdfast.isolator.life.Lifecycle.State;
import dev.holdfast.isolator.life.Lives.Walk;
import org.junit.jupiter.api.Test;

/// Whole lives, told event by event.
class LifecycleTest {
  private static final Ending BY_ITSELF = new Ending.ByItself();
  private static final Ending OOM = new Ending.OutOfMemory(REPORT);

  private static void assertLife(Walk walk, State end, Lifecycle.Effect... effects) {
    assertThat(walk.end()).isEqualTo(end);
    assertThat(walk.effects()).containsExactly(effects);
  }

  @Test
  void aRunWhoseLeaderEndsIsDestroyedWithAllThatItLeft() {
    assertLife(walk(LAUNCHED, EXITED, REMOVED), destroyed(BY_ITSELF, ENDED), DESTROY);
  }

  @Test
  void aRunThatIsAskedToStopAndDoes() {
    assertLife(walk(LAUNCHED, STOP, EXITED, REMOVED), destroyed(FIRST, ENDED), TERMINATE, DESTROY);
  }

  @Test
  void aRunThatDoesNotStopIsKilledWhenItsGraceIsOver() {
    assertLife(
        walk(LAUNCHED, STOP, GRACE_OVER, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        TERMINATE,
        DESTROY);
  }

  @Test
  void theStatusMayComeAfterTheEndOfTheCgroup() {
    Walk walk = walk(LAUNCHED, KILL, REMOVED);

    assertThat(walk.end()).isEqualTo(new State.Reaping(FIRST));
    assertLife(walk(LAUNCHED, KILL, REMOVED, EXITED), destroyed(FIRST, ENDED), DESTROY);
  }

  @Test
  void nobodyWaitsForTheStatusOfAProcessThatCannotBeKilled() {
    assertLife(walk(LAUNCHED, KILL, STUCK), destroyed(FIRST, UNKNOWN), DESTROY);
  }

  @Test
  void aStatusThatIsKnownIsKeptThoughTheCgroupStays() {
    assertLife(walk(LAUNCHED, EXITED, STUCK), destroyed(BY_ITSELF, ENDED), DESTROY);
  }

  /// MESOS-800: an out-of-memory event for a run that was being killed ended the agent.
  @Test
  void outOfMemoryAfterAKillChangesNothing() {
    assertLife(
        walk(LAUNCHED, KILL, NOTICE, OUT_OF_MEMORY, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        DESTROY);
  }

  @Test
  void aKillAfterOutOfMemoryChangesNothing() {
    assertLife(
        walk(LAUNCHED, NOTICE, OUT_OF_MEMORY, KILL, EXITED, REMOVED),
        destroyed(OOM, ENDED),
        INSPECT,
        DESTROY);
  }

  @Test
  void outOfMemoryAfterTheExitChangesNothing() {
    assertLife(
        walk(LAUNCHED, EXITED, NOTICE, OUT_OF_MEMORY, REMOVED),
        destroyed(BY_ITSELF, ENDED),
        DESTROY);
  }

  @Test
  void anExitAfterOutOfMemoryOnlyGivesItItsStatus() {
    assertLife(
        walk(LAUNCHED, NOTICE, OUT_OF_MEMORY, EXITED, REMOVED),
        destroyed(OOM, ENDED),
        INSPECT,
        DESTROY);
  }

  @Test
  void outOfMemoryWhileItStopsKillsAtOnceForTheFirstCause() {
    assertLife(
        walk(LAUNCHED, STOP, NOTICE, OUT_OF_MEMORY, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        TERMINATE,
        INSPECT,
        DESTROY);
  }

  @Test
  void secondOutOfMemoryReportChangesNothing() {
    assertLife(
        walk(LAUNCHED, NOTICE, NOTICE, OUT_OF_MEMORY, OUT_OF_MEMORY, REMOVED, EXITED),
        destroyed(OOM, ENDED),
        INSPECT,
        INSPECT,
        DESTROY);
  }

  /// The program may run, and run out, before the launcher's word of it arrives.
  @Test
  void memoryIsLookedAtBeforeTheLaunchIsKnown() {
    assertLife(
        walk(NOTICE, LAUNCHED, EXITED, REMOVED), destroyed(BY_ITSELF, ENDED), INSPECT, DESTROY);
    assertLife(
        walk(NOTICE, OUT_OF_MEMORY, LAUNCHED, EXITED, REMOVED),
        destroyed(OOM, ENDED),
        INSPECT,
        DESTROY);
  }

  @Test
  void aMemoryNoticeDoesNotMakeALaunchSucceed() {
    assertLife(
        walk(NOTICE, LAUNCH_FAILED, REMOVED),
        destroyed(new Ending.NotLaunched(127, "cannot find it"), UNKNOWN),
        INSPECT,
        DESTROY);
  }

  @Test
  void aMemoryNoticeDoesNotMakeAStopForgotten() {
    assertLife(
        walk(STOP, NOTICE, LAUNCHED, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        INSPECT,
        TERMINATE,
        DESTROY);
  }

  /// The launcher waits to be told to quit: no other word of it will come.
  @Test
  void aLaunchThatFailsAfterItRanOutOfMemoryIsNotWaitedFor() {
    State end = destroyed(OOM, UNKNOWN);

    assertLife(walk(NOTICE, OUT_OF_MEMORY, LAUNCH_FAILED, REMOVED), end, INSPECT, DESTROY);
    assertLife(walk(NOTICE, OUT_OF_MEMORY, REMOVED, LAUNCH_FAILED), end, INSPECT, DESTROY);
  }

  @Test
  void aStopBeforeTheLaunchIsDoneAfterIt() {
    assertLife(
        walk(STOP, LAUNCHED, GRACE_OVER, REMOVED, EXITED),
        destroyed(FIRST, ENDED),
        TERMINATE,
        DESTROY);
    assertLife(walk(KILL, LAUNCHED, REMOVED, EXITED), destroyed(FIRST, ENDED), DESTROY);
  }

  @Test
  void aLaunchThatFailsIsTheCauseThoughAStopWasAskedFor() {
    assertLife(
        walk(STOP, LAUNCH_FAILED, REMOVED),
        destroyed(new Ending.NotLaunched(127, "cannot find it"), UNKNOWN),
        DESTROY);
  }

  @Test
  void aSecondStopDoesNotBeginTheGraceAnew() {
    assertLife(
        walk(LAUNCHED, STOP, STOP_AGAIN, GRACE_OVER, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        TERMINATE,
        DESTROY);
  }

  @Test
  void aSecondStopWithoutGraceKills() {
    assertLife(
        walk(LAUNCHED, STOP, KILL_AGAIN, EXITED, REMOVED),
        destroyed(FIRST, ENDED),
        TERMINATE,
        DESTROY);
  }

  @Test
  void aSecondStopWithoutGraceKillsAlsoWhenBothCameBeforeTheLaunch() {
    assertLife(walk(STOP, KILL_AGAIN, LAUNCHED, EXITED, REMOVED), destroyed(FIRST, ENDED), DESTROY);
  }

  @Test
  void aGraceThatIsOverAfterTheEndChangesNothing() {
    assertLife(
        walk(LAUNCHED, STOP, EXITED, GRACE_OVER, REMOVED, GRACE_OVER),
        destroyed(FIRST, ENDED),
        TERMINATE,
        DESTROY);
  }

  @Test
  void aLauncherThatIsGoneTakesTheStatusWithIt() {
    assertLife(
        walk(LAUNCHED, LAUNCHER_GONE, REMOVED),
        destroyed(new Ending.LauncherGone(), UNKNOWN),
        DESTROY);
    assertLife(
        walk(LAUNCHED, STOP, LAUNCHER_GONE, REMOVED),
        destroyed(FIRST, UNKNOWN),
        TERMINATE,
        DESTROY);
    assertLife(walk(LAUNCHED, KILL, LAUNCHER_GONE, REMOVED), destroyed(FIRST, UNKNOWN), DESTROY);
    assertLife(walk(LAUNCHED, KILL, REMOVED, LAUNCHER_GONE), destroyed(FIRST, UNKNOWN), DESTROY);
  }

  @Test
  void aLauncherThatIsGoneAfterItToldTheStatusTakesNothing() {
    assertLife(
        walk(LAUNCHED, EXITED, LAUNCHER_GONE, REMOVED), destroyed(BY_ITSELF, ENDED), DESTROY);
  }

  @Test
  void afterTheEndNothingHappensAnyMore() {
    assertLife(
        walk(
            LAUNCHED,
            EXITED,
            REMOVED,
            LAUNCHED,
            LAUNCH_FAILED,
            EXITED,
            LAUNCHER_GONE,
            NOTICE,
            OUT_OF_MEMORY,
            STOP,
            KILL,
            GRACE_OVER,
            REMOVED,
            STUCK),
        destroyed(BY_ITSELF, ENDED),
        DESTROY);
  }
}
