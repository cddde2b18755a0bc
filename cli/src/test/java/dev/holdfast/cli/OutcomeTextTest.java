package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OutcomeTextTest {
  private static List<String> text(Outcome outcome) {
    Terminals terminals = new Terminals();
    OutcomeText.print(outcome, terminals.streams());
    assertThat(terminals.out()).as("messages are not data").isEmpty();
    return terminals.messages();
  }

  private static List<String> text(Verdict verdict) {
    return text(Outcomes.of(verdict));
  }

  private static Outcome killed(Verdict verdict, String... victims) {
    return Outcomes.of(
        verdict, Usage.NONE, 0, Optional.of(Outcomes.receipt(victims)), Optional.empty());
  }

  @Test
  void aCommandThatEndedByItselfIsPassedOverInSilence() {
    assertThat(text(new Verdict.Exited(0))).isEmpty();
    assertThat(text(new Verdict.Exited(3))).isEmpty();
    assertThat(text(killed(new Verdict.Exited(0)))).isEmpty();
  }

  @Test
  void aSignalIsNamed() {
    assertThat(text(new Verdict.Signaled(Signal.TERM, false)))
        .containsExactly("holdfast: default/make was ended by SIGTERM");
    assertThat(text(new Verdict.Signaled(new Signal(11), true)))
        .containsExactly("holdfast: default/make was ended by SIGSEGV (core dumped)");
  }

  @Test
  void whoHadItEndedIsNamed() {
    assertThat(text(new Verdict.Killed("SIGINT")))
        .containsExactly("holdfast: default/make was ended: SIGINT");
  }

  @Test
  void aTimeoutSaysWhichTimeWasUpAndWhetherTheQuotaHeldItBack() {
    assertThat(text(new Verdict.TimedOut(Verdict.Timer.WALL, Duration.ofMinutes(5))))
        .containsExactly("holdfast: default/make was ended: its time of 5m 0s was up");
    assertThat(
            text(
                Outcomes.of(
                    new Verdict.TimedOut(Verdict.Timer.CPU, Duration.ofSeconds(2)),
                    Outcomes.USAGE,
                    0,
                    Optional.empty(),
                    Optional.empty())))
        .containsExactly(
            "holdfast: default/make was ended: its CPU time of 2.0 s was up (throttled in 5 of 20"
                + " periods, 250 ms in all)");
  }

  @Test
  void aFailedLaunchAndALostRunAreExplained() {
    assertThat(text(new Verdict.LaunchFailed(127, "cannot find 'x' in the PATH of the run")))
        .containsExactly("holdfast: cannot find 'x' in the PATH of the run");
    assertThat(text(new Verdict.Lost("its launcher was killed")))
        .containsExactly("holdfast: default/make was lost: its launcher was killed");
  }

  /// A bare 137 never stands alone.
  @Test
  void anExitAfterTheKernelKilledIsExplained() {
    Outcome one =
        Outcomes.of(new Verdict.Exited(137), Usage.NONE, 1, Optional.empty(), Optional.empty());
    Outcome three =
        Outcomes.of(new Verdict.Exited(1), Usage.NONE, 3, Optional.empty(), Optional.empty());

    assertThat(text(one))
        .containsExactly(
            "holdfast: the kernel killed 1 process of default/make for want of memory");
    assertThat(text(three))
        .containsExactly(
            "holdfast: the kernel killed 3 processes of default/make for want of memory");
  }

  @Test
  void whatACommandLeftRunningIsNamed() {
    assertThat(text(killed(new Verdict.Exited(0), "sleep")))
        .containsExactly(
            "holdfast: killed 1 process of default/make in 12 ms (cgroup.kill): sleep (100)");
    assertThat(text(killed(new Verdict.Exited(0), "a", "b", "c", "d", "e", "f", "g")))
        .containsExactly(
            "holdfast: killed 7 processes of default/make in 12 ms (cgroup.kill): a (100), b"
                + " (101), c (102), d (103), e (104) and 2 more");
  }

  @Test
  void processesThatWereCountedButNotNamedAreMore() {
    KillReceipt receipt =
        new KillReceipt(
            KillReceipt.Mechanism.FREEZER,
            4,
            List.of(new KillReceipt.Victim(7, "sh")),
            Duration.ofMillis(5));

    assertThat(
            text(
                Outcomes.of(
                    new Verdict.Killed("x"),
                    Usage.NONE,
                    0,
                    Optional.of(receipt),
                    Optional.empty())))
        .contains(
            "holdfast: killed 4 processes of default/make in 5 ms (freezer): sh (7) and 3 more");
  }

  @Test
  void aCleanUpThatFailedIsToldBesideTheVerdict() {
    Outcome outcome =
        Outcomes.of(
            new Verdict.Exited(0),
            Usage.NONE,
            0,
            Optional.empty(),
            Optional.of("cgroup x could not be removed"));

    assertThat(text(outcome))
        .containsExactly("holdfast: clean-up failed: cgroup x could not be removed");
  }

  /// What a stranger named his processes must not drive the terminal, nor make one message two.
  @Property
  void noControlCharacterOfACommandReachesTheTerminal(@ForAll("nasty") String text) {
    for (Outcome outcome : withStrangersText(text)) {
      Terminals terminals = new Terminals();
      OutcomeText.print(outcome, terminals.streams());

      assertThat(terminals.err().replace("\n", ""))
          .satisfies(it -> assertThat(it.chars().filter(Character::isISOControl).count()).isZero());
      assertThat(terminals.messages())
          .allMatch(line -> line.startsWith("holdfast: ") || line.startsWith("  "));
    }
  }

  private static List<Outcome> withStrangersText(String text) {
    List<Outcome> outcomes = new ArrayList<>();
    Usage none = Usage.NONE;
    outcomes.add(Outcomes.of(new Verdict.LaunchFailed(127, "cannot find '" + text + "'")));
    outcomes.add(Outcomes.of(new Verdict.Killed(text)));
    outcomes.add(Outcomes.of(new Verdict.Lost(text)));
    outcomes.add(killed(new Verdict.Exited(0), text, text));
    outcomes.add(
        Outcomes.of(
            new Verdict.Exited(0), none, 0, Optional.empty(), Optional.of("still holds " + text)));
    for (Verdict.Scope scope : Verdict.Scope.values()) {
      outcomes.add(
          Outcomes.of(
              new Verdict.OutOfMemory(
                  scope,
                  Optional.of(Outcomes.report(Optional.empty(), Outcomes.holder(9, text, 50))))));
    }
    return outcomes;
  }

  @Provide
  static Arbitrary<String> nasty() {
    return Arbitraries.of(
            "\033",
            "\033[2J",
            "\033]0;title\007",
            "\u009b31m",
            "\r",
            "\n",
            "\b",
            "\0",
            "\t",
            "\u007f",
            "\u0085",
            "sh",
            "é",
            "😀",
            "\ud800",
            "\udc80",
            "%s",
            "%n")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }
}
