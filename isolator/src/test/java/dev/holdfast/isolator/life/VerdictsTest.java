package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.life.Lifecycle.Ending;
import dev.holdfast.isolator.life.Lifecycle.Fate;
import dev.holdfast.isolator.life.MemoryWatch.Evidence;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictsTest {
  private static final Ending BY_ITSELF = new Ending.ByItself();
  private static final int CORE = 0x80;

  private static Fate ended(int rawStatus) {
    return new Fate.Ended(new WaitStatus(rawStatus), Lives.NOW);
  }

  private static Evidence kills(long count, Verdict.Scope scope) {
    return new Evidence(count, scope, Optional.of(Lives.REPORT), false);
  }

  /// Of a run that was to end at its limit, and reached it.
  private static Evidence decisive(long kills) {
    return new Evidence(kills, Verdict.Scope.OWN_LIMIT, Optional.of(Lives.REPORT), true);
  }

  private static Verdict of(Ending ending, Fate leader) {
    return Verdicts.of(ending, leader, Evidence.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 137, 255})
  void aLeaderThatExitsIsItsCode(int code) {
    assertThat(of(BY_ITSELF, ended(code << 8))).isEqualTo(new Verdict.Exited(code));
  }

  @Test
  void aLeaderThatASignalEndedIsTheSignal() {
    assertThat(of(BY_ITSELF, ended(11 | CORE)))
        .isEqualTo(new Verdict.Signaled(new Signal(11), true));
    assertThat(of(BY_ITSELF, ended(15))).isEqualTo(new Verdict.Signaled(Signal.TERM, false));
    assertThat(of(BY_ITSELF, ended(9))).isEqualTo(new Verdict.Signaled(Signal.KILL, false));
  }

  @ParameterizedTest
  @EnumSource(Verdict.Scope.class)
  void aLeaderThatWasKilledWhileTheOomKillerStruckIsOutOfMemory(Verdict.Scope scope) {
    assertThat(Verdicts.of(BY_ITSELF, ended(9), kills(1, scope)))
        .isEqualTo(new Verdict.OutOfMemory(scope, Optional.of(Lives.REPORT)));
  }

  @Test
  void aLeaderThatOutlivesTheOomKillerEndsByItself() {
    Evidence evidence = kills(3, Verdict.Scope.OWN_LIMIT);

    assertThat(Verdicts.of(BY_ITSELF, ended(137 << 8), evidence))
        .isEqualTo(new Verdict.Exited(137));
    assertThat(Verdicts.of(BY_ITSELF, ended(15), evidence))
        .isEqualTo(new Verdict.Signaled(Signal.TERM, false));
  }

  @Test
  void aLeaderThatFailsWhileItsTreeIsHeldAtTheLimitIsOutOfMemory() {
    Evidence held = decisive(0);

    assertThat(Verdicts.of(BY_ITSELF, ended(1 << 8), held))
        .isEqualTo(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(Lives.REPORT)));
    assertThat(Verdicts.of(BY_ITSELF, ended(0), held)).isEqualTo(new Verdict.Exited(0));
    assertThat(of(BY_ITSELF, ended(1 << 8))).isEqualTo(new Verdict.Exited(1));
  }

  /// In the kernel's hands a process that gets no memory gets a fault.
  @ParameterizedTest
  @ValueSource(ints = {7, 11})
  void aLeaderThatFaultsWhileItsTreeIsHeldAtTheLimitIsOutOfMemory(int signal) {
    assertThat(Verdicts.of(BY_ITSELF, ended(signal), decisive(0)))
        .isEqualTo(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(Lives.REPORT)));
    assertThat(of(BY_ITSELF, ended(signal)))
        .isEqualTo(new Verdict.Signaled(new Signal(signal), false));
  }

  /// A shell passes on as a code of its own what killed its child.
  @Test
  void aLeaderThatFailsOverAKillThatNobodyWatchedIsOutOfMemory() {
    assertThat(Verdicts.of(BY_ITSELF, ended(137 << 8), decisive(1)))
        .isEqualTo(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(Lives.REPORT)));
    assertThat(Verdicts.of(BY_ITSELF, ended(0), decisive(1))).isEqualTo(new Verdict.Exited(0));
    assertThat(Verdicts.of(BY_ITSELF, ended(15), decisive(1)))
        .isEqualTo(new Verdict.Signaled(Signal.TERM, false));
  }

  @Test
  void aReportAtTheLimitIsTheRunsOwn() {
    assertThat(of(new Ending.OutOfMemory(Lives.REPORT), Lives.ENDED))
        .isEqualTo(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.of(Lives.REPORT)));
  }

  @Test
  void theCauseOfAnEndingCountsMoreThanTheLeadersStatus() {
    Duration limit = Duration.ofSeconds(5);
    for (Fate leader : List.of(Lives.ENDED, Lives.UNKNOWN, ended(9))) {
      assertThat(of(new Ending.Requested("SIGTERM"), leader))
          .isEqualTo(new Verdict.Killed("SIGTERM"));
      assertThat(of(new Ending.TimedOut(Verdict.Timer.CPU, limit), leader))
          .isEqualTo(new Verdict.TimedOut(Verdict.Timer.CPU, limit));
      assertThat(of(new Ending.NotLaunched(126, "why"), leader))
          .isEqualTo(new Verdict.LaunchFailed(126, "why"));
    }
  }

  @Test
  void whatWeKilledIsNotTheOomKillersDoing() {
    assertThat(Verdicts.of(new Ending.Requested("x"), ended(9), kills(1, Verdict.Scope.OWN_LIMIT)))
        .isEqualTo(new Verdict.Killed("x"));
  }

  @Test
  void aStatusThatNobodyKnowsIsNeverInvented() {
    assertThat(of(new Ending.LauncherGone(), Lives.UNKNOWN)).isInstanceOf(Verdict.Lost.class);
    assertThat(of(BY_ITSELF, Lives.UNKNOWN)).isInstanceOf(Verdict.Lost.class);
    assertThat(of(BY_ITSELF, Lives.PENDING)).isInstanceOf(Verdict.Lost.class);
  }

  @Test
  void everyEndingHasAVerdictOfItsOwnKind() {
    List<Ending> endings =
        List.of(
            BY_ITSELF,
            Lives.FIRST,
            Lives.SECOND,
            new Ending.OutOfMemory(Lives.REPORT),
            new Ending.NotLaunched(127, "why"),
            new Ending.LauncherGone());

    assertThat(endings)
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(Ending.class.getPermittedSubclasses());
    assertThat(endings)
        .extracting(ending -> of(ending, Lives.ENDED).word())
        .doesNotHaveDuplicates();
  }
}
