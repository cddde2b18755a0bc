package dev.holdfast.cgroup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cgroup.CgroupException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlTextTest {
  private static final Path FILE = Path.of("/sys/fs/cgroup/x/memory.stat");

  @Test
  void aFlatKeyedFileKeepsItsOrder() {
    assertThat(ControlText.flatKeyed("anon 4096\nfile 0\ninactive_anon 7\n", FILE))
        .containsExactly(
            Map.entry("anon", 4096L), Map.entry("file", 0L), Map.entry("inactive_anon", 7L));
  }

  @Test
  void anEmptyFileHasNoValues() {
    assertThat(ControlText.flatKeyed("", FILE)).isEmpty();
    assertThat(ControlText.flatKeyed("\n", FILE)).isEmpty();
  }

  @Test
  void theLastLineNeedsNoNewline() {
    assertThat(ControlText.flatKeyed("max 3", FILE)).containsExactly(Map.entry("max", 3L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"anon", "anon x", "anon 1 2", "anon \n", "a 1\nb\n", "a 9223372036854775808"})
  void aLineOfAnotherFormIsMalformed(String text) {
    assertThatExceptionOfType(CgroupException.Malformed.class)
        .isThrownBy(() -> ControlText.flatKeyed(text, FILE))
        .withMessageStartingWith("read " + FILE + ": ");
  }

  @Property
  void valuesAreReadAsTheyAreWritten(
      @ForAll Map<@AlphaChars @Chars('_') @NotEmpty String, Long> values) {
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    assertThat(ControlText.flatKeyed(text.toString(), FILE)).isEqualTo(new LinkedHashMap<>(values));
  }

  @Property
  void anyTextHasValuesOrIsMalformed(
      @ForAll @Chars({' ', '\n', '-', '+', 'a'}) @CharRange(from = '0', to = '9') String text) {
    try {
      assertThat(ControlText.flatKeyed(text, FILE)).doesNotContainKey("\n");
    } catch (CgroupException.Malformed e) {
      assertThat(e.path()).isEqualTo(FILE);
    }
  }

  @Test
  void aNumberIsDecimal() {
    assertThat(ControlText.number("9223372036854771712", FILE)).isEqualTo(9223372036854771712L);
    assertThat(ControlText.number("-1", FILE)).isEqualTo(-1);
    for (String text : new String[] {"", "max", "1 2", "0x1", "18446744073709551615"}) {
      assertThatExceptionOfType(CgroupException.Malformed.class)
          .isThrownBy(() -> ControlText.number(text, FILE))
          .withMessageContaining("'" + text + "' is no number");
    }
  }
}
