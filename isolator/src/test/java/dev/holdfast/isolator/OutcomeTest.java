package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeTest {
  private static final Verdict KILLED = new Verdict.Killed("somebody");

  private static int exitCode(Verdict verdict, Optional<WaitStatus> leader) {
    return new Outcome(
            RunId.random(),
            new ExecutorId("f", "e"),
            verdict,
            leader,
            Instant.EPOCH,
            Duration.ZERO,
            Usage.NONE,
            0,
            Optional.empty(),
            Optional.empty())
        .exitCode();
  }

  private static Optional<WaitStatus> exited(int code) {
    return Optional.of(new WaitStatus(code << 8));
  }

  private static Optional<WaitStatus> signaled(Signal signal) {
    return Optional.of(new WaitStatus(signal.number()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, 125, 137, 255})
  void anExitCodeIsPassedOn(int code) {
    assertThat(exitCode(new Verdict.Exited(code), exited(code))).isEqualTo(code);
  }

  @Test
  void aSignalIs128AndItsNumber() {
    assertThat(exitCode(new Verdict.Signaled(Signal.TERM, false), signaled(Signal.TERM)))
        .isEqualTo(143);
    assertThat(exitCode(new Verdict.Signaled(Signal.KILL, true), signaled(Signal.KILL)))
        .isEqualTo(137);
  }

  @Test
  void aKilledRunHasItsLeadersCode() {
    assertThat(exitCode(KILLED, exited(3))).isEqualTo(3);
    assertThat(exitCode(KILLED, signaled(Signal.TERM))).isEqualTo(143);
  }

  @Test
  void aKilledRunWhoseLeaderIsUnknownNeverLooksLikeASuccess() {
    assertThat(exitCode(KILLED, Optional.empty())).isEqualTo(137);
  }

  @ParameterizedTest
  @EnumSource(Verdict.Scope.class)
  void outOfMemoryIs137WhateverTheLeaderSaid(Verdict.Scope scope) {
    Verdict verdict = new Verdict.OutOfMemory(scope, Optional.empty());

    assertThat(exitCode(verdict, exited(0))).isEqualTo(137);
    assertThat(exitCode(verdict, Optional.empty())).isEqualTo(137);
  }

  @ParameterizedTest
  @EnumSource(Verdict.Timer.class)
  void aTimeoutIs124AsOfTimeout1(Verdict.Timer timer) {
    assertThat(exitCode(new Verdict.TimedOut(timer, Duration.ofSeconds(1)), exited(0)))
        .isEqualTo(124);
  }

  @ParameterizedTest
  @ValueSource(ints = {125, 126, 127})
  void aFailedLaunchHasItsOwnCode(int code) {
    assertThat(exitCode(new Verdict.LaunchFailed(code, "why"), Optional.empty())).isEqualTo(code);
  }

  @Test
  void aLostRunIsOurErrorAndNeverASuccess() {
    assertThat(exitCode(new Verdict.Lost("why"), Optional.empty())).isEqualTo(125);
  }
}
