package dev.holdfast.cgroup.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlBytesTest {
  /// v1, Linux 6.18, shortened.
  private static final String MEMORY_STAT =
      """
      cache 4096
      rss 8192
      total_cache 1052672
      total_rss 25165824
      total_rss_huge 2097152
      total_shmem 12288
      total_inactive_file 1040384
      """;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long number(String text) {
    return ControlBytes.number(bytes(text), 0, bytes(text).length);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "17, 17",
    "-1, -1",
    "9223372036854771712, 9223372036854771712",
    "9223372036854775807, 9223372036854775807"
  })
  void aNumberIsReadWithAndWithoutANewline(String text, long expected) {
    assertThat(number(text)).isEqualTo(expected);
    assertThat(number(text + "\n")).isEqualTo(expected);
    assertThat(number(text + " 100000\n")).isEqualTo(expected);
  }

  @Test
  void maxIsUnlimited() {
    assertThat(number("max\n")).isEqualTo(ControlBytes.UNLIMITED);
    assertThat(number("max 100000\n")).isEqualTo(ControlBytes.UNLIMITED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "-", "x", "1x", "1.5", "ma", "9223372036854775808", " 1"})
  void whatIsNoNumberIsAbsent(String text) {
    assertThat(number(text)).isEqualTo(ControlBytes.ABSENT);
  }

  @Property
  void everyNumberIsReadAsItWasWritten(@ForAll long value) {
    long expected = value == Long.MIN_VALUE ? ControlBytes.ABSENT : value;
    assertThat(number(Long.toString(value))).isEqualTo(expected);
  }

  @Test
  void linesAreFoundByTheirWholeName() {
    assertThat(values(MEMORY_STAT, "total_rss", "total_shmem", "cache", "total_swap"))
        .containsExactly(25_165_824, 12_288, 4_096, ControlBytes.ABSENT);
  }

  @Test
  void aLineOfAnotherFormCostsItselfAlone() {
    assertThat(values("rss\ncache x\nshmem 3", "rss", "cache", "shmem"))
        .containsExactly(ControlBytes.ABSENT, ControlBytes.ABSENT, 3);
  }

  @Property
  void anyTextCanBeRead(@ForAll String text) {
    assertThat(values(text, "rss", "")).hasSize(2);
    assertThat(PressureText.parse(bytes(text), bytes(text).length)).isEmpty();
  }

  private static long[] values(String text, String... names) {
    byte[][] wanted = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      wanted[i] = bytes(names[i]);
    }
    long[] values = new long[names.length];
    ControlBytes.flatKeyed(bytes(text), bytes(text).length, wanted, values);
    return values;
  }

  /// v2, Linux 7.2.
  @Test
  void theNumbersOfAllDevicesAreAddedUp() {
    String text =
        """
        8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=5 dios=1
        254:1
        7:0 rbytes=1 wbytes=x rios=3 cost.wait=9 xrbytes=100
        """;
    byte[][] names = {bytes("rbytes"), bytes("wbytes"), bytes("rios"), bytes("wios")};
    long[] sums = {9, 9, 9, 9};
    ControlBytes.sums(bytes(text), bytes(text).length, names, sums);
    assertThat(sums).containsExactly(4097, 8192, 4, 2);
    ControlBytes.sums(bytes(""), 0, names, sums);
    assertThat(sums).containsExactly(0, 0, 0, 0);
  }
}
