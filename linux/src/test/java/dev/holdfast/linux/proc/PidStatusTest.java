package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidStatusTest {
  private static final String LEAST =
      "Name:\tx\nPid:\t5\nPPid:\t1\nUid:\t0\t0\t0\t0\nGroups:\t \nThreads:\t1\n";

  @Test
  void readsAnUnprivilegedProcessInBytes() {
    assertThat(PidStatus.parse(Recorded.text("status-unprivileged")))
        .isEqualTo(
            new PidStatus(
                "worker",
                8967,
                8960,
                1000,
                List.of(4, 24, 1000),
                true,
                1,
                2920 * 1024,
                2920 * 1024,
                1780 * 1024,
                1780 * 1024,
                108 * 1024,
                1672 * 1024,
                0,
                0));
  }

  @Test
  void takesWhatAnOldKernelDoesNotTellAsZero() {
    assertThat(PidStatus.parse(Recorded.text("status-3.10")))
        .isEqualTo(
            new PidStatus(
                "java",
                4711,
                1,
                1001,
                List.of(10, 1001, -2),
                false,
                42,
                4861904L * 1024,
                4796368L * 1024,
                812340L * 1024,
                701236L * 1024,
                0,
                0,
                0,
                20480L * 1024));
  }

  @ParameterizedTest
  @ValueSource(strings = {"status-kernel-thread", "status-zombie"})
  void takesTheMemoryOfAProcessWithoutAnyAsZero(String recorded) {
    assertThat(PidStatus.parse(Recorded.text(recorded)))
        .extracting(
            PidStatus::vmPeak,
            PidStatus::vmSize,
            PidStatus::vmHighWater,
            PidStatus::rss,
            PidStatus::rssAnon,
            PidStatus::rssFile,
            PidStatus::rssShmem,
            PidStatus::swap)
        .containsOnly(0L);
  }

  @Test
  void keepsEveryAmountApart() {
    String text =
        LEAST
            + "VmPeak:\t1 kB\nVmSize:\t2 kB\nVmHWM:\t3 kB\nVmRSS:\t4 kB\nRssAnon:\t5 kB\n"
            + "RssFile:\t6 kB\nRssShmem:\t7 kB\nVmSwap:\t8 kB\n";

    assertThat(PidStatus.parse(text))
        .isEqualTo(
            new PidStatus(
                "x", 5, 1, 0, List.of(), false, 1, 1024, 2048, 3072, 4096, 5120, 6144, 7168, 8192));
  }

  @Test
  void resolvesTheEscapesOfAName() {
    assertThat(PidStatus.parse(Recorded.text("status-newline-in-comm")).name())
        .isEqualTo("line\none\\two");
  }

  @Test
  void keepsTheBlanksAndColonsOfAName() {
    assertThat(PidStatus.parse(LEAST.replace("\tx\n", "\t\t a: b \n")).name())
        .isEqualTo("\t a: b ");
  }

  @Test
  void doesNotWrapAnAmountThatIsTooLarge() {
    assertThatThrownBy(() -> PidStatus.parse(LEAST + "VmRSS:\t9007199254740992 kB\n"))
        .isInstanceOf(MalformedException.class);
    assertThat(PidStatus.parse(LEAST + "VmRSS:\t9007199254740991 kB\n").rss())
        .isEqualTo(Long.MAX_VALUE - 1023);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Name", "Pid", "PPid", "Uid", "Groups", "Threads"})
  void refusesATextWithoutALineThatEveryKernelWrites(String key) {
    String text = ("\n" + LEAST).replace("\n" + key + ":", "\nOther:");

    assertThatThrownBy(() -> PidStatus.parse(text))
        .isInstanceOfSatisfying(
            MalformedException.class,
            e -> assertThat(e.expected()).isEqualTo("a line '" + key + ":'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VmRSS:\t12\n",
        "VmRSS:\t12 MB\n",
        "VmRSS:\t12 kB more\n",
        "VmRSS:\t-1 kB\n",
        "VmRSS:\tx kB\n",
        "VmRSS:\n",
        "NoNewPrivs:\t2\n",
        "NoNewPrivs:\n",
      })
  void refusesAValueOfAnotherForm(String line) {
    assertThatThrownBy(() -> PidStatus.parse(LEAST + line)).isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesAnAccountOfMoreThan32Bits() {
    assertThatThrownBy(() -> PidStatus.parse(LEAST.replace("Uid:\t0", "Uid:\t4294967296")))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> PidStatus.parse(LEAST.replace("Groups:\t", "Groups:\t1 x")))
        .isInstanceOf(MalformedException.class);
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(@ForAll("statuses") PidStatus status) {
    StringBuilder text = new StringBuilder("Name:\t");
    text.append(status.name().replace("\\", "\\\\").replace("\n", "\\n"));
    text.append("\nState:\tS (sleeping)\nPid:\t").append(status.pid());
    text.append("\nPPid:\t").append(status.ppid());
    text.append("\nUid:\t").append(Integer.toUnsignedString(status.uid())).append("\t1\t2\t3");
    text.append("\nGroups:\t");
    for (int group : status.groups()) {
      text.append(Integer.toUnsignedString(group)).append(' ');
    }
    text.append(status.groups().isEmpty() ? " " : "");
    text.append("\nVmPeak:\t").append(status.vmPeak() / 1024).append(" kB");
    text.append("\nVmRSS:\t    ").append(status.rss() / 1024).append(" kB");
    text.append("\nThreads:\t").append(status.threads());
    text.append("\nNoNewPrivs:\t").append(status.noNewPrivileges() ? 1 : 0).append('\n');

    assertThat(PidStatus.parse(text.toString())).isEqualTo(status);
  }

  @Provide
  static Arbitrary<PidStatus> statuses() {
    Arbitrary<Integer> natural = Arbitraries.integers().greaterOrEqual(0);
    Arbitrary<Long> bytes =
        Arbitraries.longs().between(0, Long.MAX_VALUE / 1024).map(amount -> amount * 1024);
    return Combinators.combine(
            Arbitraries.strings().withChars("ab() \n\t\\n:é").ofMaxLength(15),
            natural,
            natural,
            Arbitraries.integers(),
            Arbitraries.integers().list().ofMaxSize(4),
            Arbitraries.of(true, false),
            bytes,
            bytes)
        .as((name, pid, ppid, uid, groups, noNewPrivileges, peak, rss) ->
            new PidStatus(
                name, pid, ppid, uid, groups, noNewPrivileges, 3, peak, 0, 0, rss, 0, 0, 0, 0));
  }
}
