package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidStatTest {
  @Test
  void takesEachFieldFromItsPlace() {
    StringBuilder text = new StringBuilder("1 (comm) S");
    for (int field = 4; field <= 52; field++) {
      text.append(' ').append(field);
    }

    assertThat(PidStat.parse(text + "\n"))
        .isEqualTo(new PidStat(1, "comm", 'S', 4, 5, 6, 14, 15, 20, 22, 24));
  }

  @Test
  void readsARecordedProcess() {
    assertThat(PidStat.parse(Recorded.text("stat-sleep")))
        .isEqualTo(new PidStat(8967, "sleep", 'S', 8960, 8960, 7863, 0, 0, 1, 162639, 418));
  }

  @Test
  void readsAKernelThread() {
    assertThat(PidStat.parse(Recorded.text("stat-kernel-thread")))
        .isEqualTo(new PidStat(2, "kthreadd", 'S', 0, 0, 0, 0, 0, 1, 24, 0));
  }

  @Test
  void isNotFooledByAZombieThatNamedItselfLikeTheFieldsThatFollow() {
    assertThat(PidStat.parse(Recorded.text("stat-zombie")))
        .isEqualTo(new PidStat(9013, "a) R 1 (b", 'Z', 8972, 8960, 7863, 0, 0, 1, 162678, 0))
        .returns(true, PidStat::isZombie);
  }

  @Test
  void readsACommWithANewline() {
    assertThat(PidStat.parse(Recorded.text("stat-newline-in-comm")))
        .returns("line\none\\two", PidStat::comm)
        .returns(162709L, PidStat::startTicks)
        .returns(false, PidStat::isZombie);
  }

  @Test
  void readsAProcessThatIsBeingReaped() {
    assertThat(
            PidStat.parse(
                "7 (x) X 0 -1 -1 0 -1 4 0 0 0 0 1 2 0 0 20 0 0 0 99 0 0 1844674407370955\n"))
        .isEqualTo(new PidStat(7, "x", 'X', 0, -1, -1, 1, 2, 0, 99, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1 comm S 1 1 1",
        "1 )comm( S 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1",
        "x (comm) S 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1",
        " (comm) S 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1",
        "1 (comm) SS 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1",
        "1 (comm) S 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0",
        "1 (comm) S 1 1 1 0 0 0 0 0 0 0 1 -1 0 0 0 0 1 0 1 0 1",
        "1 (comm) S 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 9223372036854775808 0 1",
        "1 (comm) S 1.5 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1",
      })
  void refusesATextOfAnotherForm(String text) {
    assertThatThrownBy(() -> PidStat.parse(text)).isInstanceOf(MalformedException.class);
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(@ForAll("stats") PidStat stat) {
    String text =
        stat.pid()
            + (" (" + stat.comm() + ") " + stat.state() + " " + stat.ppid())
            + (" " + stat.processGroup() + " " + stat.session() + " 0 -1 4194304 1 2 3 4")
            + (" " + stat.userTicks() + " " + stat.systemTicks() + " -5 6 20 -20")
            + (" " + stat.threads() + " 0 " + stat.startTicks() + " 18446744073709551615")
            + (" " + stat.rssPages() + " 18446744073709551615 1 2 3\n");

    assertThat(PidStat.parse(text)).isEqualTo(stat);
  }

  @Provide
  static Arbitrary<PidStat> stats() {
    Arbitrary<Integer> id = Arbitraries.integers().greaterOrEqual(0);
    Arbitrary<Integer> group = Arbitraries.integers().greaterOrEqual(-1);
    Arbitrary<Long> amount = Arbitraries.longs().greaterOrEqual(0);
    return Combinators.combine(
            id,
            Arbitraries.strings().withChars("ab() \n\tRZ1\\é").ofMaxLength(15),
            Arbitraries.of('R', 'S', 'D', 'Z', 'I'),
            id,
            group,
            group,
            amount.list().ofSize(4),
            id)
        .as((pid, comm, state, ppid, processGroup, session, amounts, threads) ->
            new PidStat(
                pid,
                comm,
                state,
                ppid,
                processGroup,
                session,
                amounts.get(0),
                amounts.get(1),
                threads,
                amounts.get(2),
                amounts.get(3)));
  }
}
