package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
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
    "1w, PT168H",
    "1w2d, PT216H",
  })
  void readsADurationAsUsersWriteIt(String text, Duration duration) {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource({
    "10ns, PT0.00000001S",
    "10us, PT0.00001S",
    "10ms, PT0.01S",
    "5secs, PT5S",
    "1mins, PT1M",
    "15mins, PT15M",
    "2hrs, PT2H",
    "3days, PT72H",
    "1weeks, PT168H",
    "0.5weeks, PT84H",
  })
  void readsADurationAsMesosWritesIt(String text, Duration duration) {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
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
        "5sec",
        "1 weeks",
      })
  void whatIsNoDurationIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessage("'" + text + "' is not a duration: write 10s, 5m, 1h30m or 250ms");
  }

  @Test
  void whatIsTooLongToBeOneIsNotLookedAt() {
    String zeros = "0".repeat(1 << 20);
    assertThatIllegalArgumentException().isThrownBy(() -> DurationText.parse(zeros));
  }

  /// Deadlines are kept in nanoseconds.
  @Property
  void whatIsReadFitsIntoALongOfNanoseconds(@ForAll @LongRange(min = 0) long days) {
    try {
      assertThat(DurationText.parse(days + "d").toNanos()).isNotNegative();
    } catch (IllegalArgumentException refused) {
      assertThat(days).isGreaterThan(106_751);
    }
  }

  @Property
  void anyNumberOfMillisecondsIsReadAsWritten(
      @ForAll @LongRange(min = 0, max = 1L << 40) long millis) {
    assertThat(DurationText.parse(millis + "ms")).isEqualTo(Duration.ofMillis(millis));
  }
}
