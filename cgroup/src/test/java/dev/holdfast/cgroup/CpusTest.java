package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CpusTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "2, 2000",
    "0.5, 500",
    ".5, 500",
    "1.125, 1125",
    "1.500, 1500",
    "100, 100000"
  })
  void readsADecimalNumber(String text, long millis) {
    assertThat(Cpus.parse(text)).isEqualTo(new Cpus(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "-1",
        "+1",
        "1e3",
        "0.0001",
        "1,5",
        " 1",
        "1.2.3",
        "NaN",
        "٣",
        "0x1",
        "9223372036854775808"
      })
  void refusesWhatIsNoneAndQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cpus.parse(text))
        .withMessageStartingWith("'" + text + "' is not a number of cpus");
  }

  @Property
  void isReadAsItIsShown(@ForAll @LongRange(min = 0) long millis) {
    assertThat(Cpus.parse(new Cpus(millis).toString())).isEqualTo(new Cpus(millis));
  }

  @Property
  void anyOtherTextIsAnIllegalArgument(@ForAll String text) {
    try {
      assertThat(Cpus.parse(text).millis()).isNotNegative();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("is not a number of cpus");
    }
  }

  @Test
  void isShownWithoutNeedlessZeros() {
    assertThat(Cpus.ofWhole(2)).hasToString("2");
    assertThat(Cpus.ofWhole(10)).hasToString("10");
    assertThat(new Cpus(1500)).hasToString("1.5");
    assertThat(new Cpus(0)).hasToString("0");
  }

  @Test
  void isNeverNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Cpus(-1));
    assertThat(new Cpus(300).plus(new Cpus(700))).isEqualTo(Cpus.ofWhole(1));
    assertThat(new Cpus(1)).isLessThan(new Cpus(2));
  }
}
