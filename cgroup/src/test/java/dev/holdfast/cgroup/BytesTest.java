package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1073741824, 1073741824",
    "512b, 512",
    "512B, 512",
    "1k, 1024",
    "512m, 536870912",
    "512M, 536870912",
    "512MB, 536870912",
    "512MiB, 536870912",
    "512 MiB, 536870912",
    "' 64 KB ', 65536",
    "1.5G, 1610612736",
    "64.9m, 68052583",
    ".5g, 536870912",
    "2t, 2199023255552",
    "1p, 1125899906842624",
    "7e, 8070450532247928832",
    "9223372036854775807, 9223372036854775807",
  })
  void readsEverySpellingOfASize(String text, long count) {
    assertThat(Bytes.parse(text)).isEqualTo(new Bytes(count));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "m",
        "-1",
        "+1",
        "1x",
        "1mm",
        "1mib b",
        "1 2",
        "1.5.5g",
        ".",
        "1e3",
        "8e",
        "9223372036854775808",
        "0x10",
        "1_000",
        "½g",
        "٣",
        "max"
      })
  void refusesWhatIsNoSizeAndQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bytes.parse(text))
        .withMessageStartingWith("'" + text + "' is not a size");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1536, 1.5 KiB",
    "67108864, 64 MiB",
    "69520589, 66.3 MiB",
    "1610612736, 1.5 GiB",
    "9223372036854775807, 8 EiB",
  })
  void isShownWithOneDecimalAtTheMost(long count, String shown) {
    assertThat(new Bytes(count)).hasToString(shown);
  }

  @Property
  void isReadAsItIsWritten(@ForAll @LongRange(min = 0) long count) {
    assertThat(Bytes.parse(new Bytes(count).format())).isEqualTo(new Bytes(count));
  }

  /// Half of the last decimal at the most.
  @Property
  void isShownAsAboutWhatItIs(@ForAll @LongRange(min = 0, max = 1L << 62) long count) {
    long shown = approximately(new Bytes(count).toString());
    assertThat(Math.abs(shown - count)).isLessThanOrEqualTo(count / 20 + 1);
  }

  private static long approximately(String shown) {
    String[] words = shown.split(" ", 2);
    long unit = Bytes.parse("1" + words[1]).count();
    return (long) (Double.parseDouble(words[0]) * unit);
  }

  @Property
  void anyOtherTextIsAnIllegalArgument(@ForAll String text) {
    try {
      assertThat(Bytes.parse(text).count()).isNotNegative();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("is not a size");
    }
  }

  @Test
  void isNeverNegativeAndNeverOverflows() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Bytes(-1));
    assertThatThrownBy(() -> new Bytes(Long.MAX_VALUE).plus(new Bytes(1)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Bytes.ofMebibytes(Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void isOrderedByAmount() {
    assertThat(Bytes.ofMebibytes(1)).isGreaterThan(new Bytes(1 << 19)).isGreaterThan(Bytes.ZERO);
    assertThat(Bytes.ZERO.plus(new Bytes(7))).isEqualTo(new Bytes(7));
  }
}
