package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// No text, however broken, ends a parser in any other way than a value or [MalformedException].
class RandomTextTest {
  private static final List<Consumer<String>> PARSERS =
      List.of(
          Mount::parseAll,
          Subsystem::parseAll,
          Membership::parseAll,
          Cpu::parseAll,
          PidStat::parse,
          PidStatus::parse,
          SmapsRollup::parse,
          MemInfo::parse,
          text -> ProcFs.arguments(text.getBytes(StandardCharsets.UTF_8)));

  private static final String[] RECORDED = {
    "cgroup-hybrid",
    "cgroups-v1",
    "cpuinfo-two-sockets-smt",
    "meminfo-swap",
    "mountinfo-v2",
    "smaps_rollup-6.18",
    "stat-zombie",
    "status-unprivileged",
  };

  @Property
  void anyText(@ForAll String text) {
    parseWithAll(text);
  }

  @Property
  void textOfTheCharactersThatMatter(@ForAll("nearlyText") String text) {
    parseWithAll(text);
  }

  @Property
  void recordedTextWithAPartReplaced(
      @ForAll("recorded") String text,
      @ForAll @IntRange(max = 10_000) int from,
      @ForAll @IntRange(max = 40) int length,
      @ForAll("nearlyText") String replacement) {
    int start = from % (text.length() + 1);
    int end = Math.min(text.length(), start + length);
    parseWithAll(text.substring(0, start) + replacement + text.substring(end));
  }

  @Test
  void recordedTextCutAnywhere() {
    for (String name : RECORDED) {
      String text = Recorded.text(name);
      for (int length = 0; length <= text.length(); length++) {
        parseWithAll(text.substring(0, length));
      }
    }
  }

  @Test
  void everyRecordingIsReadByAParserOfItsOwn() {
    for (String name : RECORDED) {
      assertThat(parseWithAll(Recorded.text(name))).as(name).isGreaterThan(1);
    }
  }

  @Provide
  static Arbitrary<String> recorded() {
    return Arbitraries.of(RECORDED).map(Recorded::text);
  }

  @Provide
  static Arbitrary<String> nearlyText() {
    return Arbitraries.of(
            "0",
            "7",
            "99999999999999999999",
            "-",
            "/",
            "\\",
            "\\04",
            "\\040",
            "\\000",
            " - ",
            " ",
            "\t",
            "\n",
            ":",
            ",",
            "(",
            ")",
            "#",
            "kB",
            "Rss",
            "Name:\t",
            "processor\t:",
            "core id\t:",
            "x",
            "é",
            "\ud800",
            "\0")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  /// Returns how many parsers took the text; one takes any.
  private static int parseWithAll(String text) {
    int taken = 0;
    for (Consumer<String> parser : PARSERS) {
      try {
        parser.accept(text);
        taken++;
      } catch (MalformedException e) {
        assertThat(e).hasMessageContaining("expected");
      }
    }
    return taken;
  }
}
