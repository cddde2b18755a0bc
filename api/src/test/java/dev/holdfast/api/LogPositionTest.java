package dev.holdfast.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogPositionTest {
  private static byte[] numbers(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append("line ").append(i).append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }

  @Property
  void goesOnWhereItWasHoweverMuchIsGoneFromTheBeginning(
      @ForAll @IntRange(max = 5000) int read,
      @ForAll @IntRange(max = 5000) int gone,
      @ForAll @IntRange(max = 3000) int more) {
    LogPosition position = new LogPosition();
    byte[] seen = numbers(0, read);
    for (int at = 0; at < seen.length; at += 1000) {
      position.advance(seen, at, Math.min(1000, seen.length - at));
    }
    // The window of what was read must be left, else all there is counts as new.
    int first = Math.max(0, Math.min(gone, read - 2000));

    byte[] log = numbers(first, read + more);

    assertThat(log.length - position.in(log)).isEqualTo(numbers(read, read + more).length);
  }

  @Test
  void whatWasReadAndIsGoneMakesAllNew() {
    LogPosition position = new LogPosition();
    position.jump(numbers(0, 10));

    assertThat(position.in(numbers(20, 30))).isZero();
  }

  @Test
  void aLogThatRepeatsItselfIsNotTakenForLaterThanItIs() {
    LogPosition position = new LogPosition();
    position.jump("tick\n".repeat(10).getBytes(UTF_8));

    assertThat(position.in("tick\n".repeat(15).getBytes(UTF_8))).isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource({"0, ''", "1, 'c|'", "2, 'b|c|'", "3, 'a|b|c|'", "99, 'a|b|c|'"})
  void theTailAreTheLastLines(int lines, String tail) {
    byte[] log = "a\nb\nc\n".getBytes(UTF_8);

    int start = LogPosition.tail(log, lines);

    assertThat(new String(log, start, log.length - start, UTF_8).replace('\n', '|'))
        .isEqualTo(tail);
    assertThat(LogPosition.tail(new byte[0], lines)).isZero();
  }
}
