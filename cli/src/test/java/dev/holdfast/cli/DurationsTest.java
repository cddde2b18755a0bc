package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "10s, PT10S",
    "5m, PT5M",
    "5min, PT5M",
    "1h30m, PT1H30M",
    "250ms, PT0.25S",
    "1.5h, PT1H30M",
    "2d, PT48H",
    "1d2h3m4s5ms6us7ns, PT26H3M4.005006007S",
    "7us, PT0.000007S",
    "7µs, PT0.000007S",
    "1ns, PT0.000000001S",
    "90, PT1M30S",
    "0.25, PT0.25S",
    "0, PT0S",
    "0s, PT0S",
    "10s10s, PT20S",
    "106751d, PT2562024H",
  })
  void readsADurationAsUsersWriteIt(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "s",
        "x",
        "10x",
        "-5s",
        "+5s",
        " 5s",
        "5s ",
        "5 s",
        "5S",
        "1..5s",
        ".",
        ".s",
        "1e3",
        "0.5ns",
        "0.0000000001",
        "1h30",
        "5 5",
        "99999999999d",
        "106752d",
        "100000d100000d",
        "٣s",
        "forever",
      })
  void whatIsNoDurationIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage("'" + text + "' is not a duration: write 10s, 5m, 1h30m or 250ms");
  }

  /// Deadlines are kept in nanoseconds.
  @Property
  void whatIsReadFitsIntoALongOfNanoseconds(@ForAll @LongRange(min = 0) long days) {
    try {
      assertThat(Durations.parse(days + "d").toNanos()).isNotNegative();
    } catch (IllegalArgumentException refused) {
      assertThat(days).isGreaterThan(106_751);
    }
  }

  @Property
  void anyNumberOfMillisecondsIsReadAsWritten(
      @ForAll @LongRange(min = 0, max = 1L << 40) long millis) {
    assertThat(Durations.parse(millis + "ms")).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 ms",
    "PT0.0009S, 0 ms",
    "PT0.25S, 250 ms",
    "PT0.999S, 999 ms",
    "PT1S, 1.0 s",
    "PT3.25S, 3.3 s",
    "PT59.949S, 59.9 s",
    "PT1M, 1m 0s",
    "PT5M10.9S, 5m 10s",
    "PT59M59S, 59m 59s",
    "PT1H, 1h 0m",
    "PT2H5M59S, 2h 5m",
    "PT50H, 50h 0m",
  })
  void isShownToAPerson(Duration duration, String text) {
    assertThat(Durations.format(duration)).isEqualTo(text);
  }

  @Property
  void isNeverShownAsSixtySeconds(@ForAll @LongRange(min = 0, max = 4_000_000) long millis) {
    assertThat(Durations.format(Duration.ofMillis(millis)))
        .matches("\\d{1,3} ms|[1-9]?\\d\\.\\d s|\\d+m [1-5]?\\ds|\\d+h [1-5]?\\dm")
        .isNotEqualTo("60.0 s");
  }
}
