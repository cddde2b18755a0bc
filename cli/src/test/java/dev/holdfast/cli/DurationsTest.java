package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 ms",
    "PT0.0009S, 0 ms",
    "PT0.25S, 250 ms",
    "PT0.999S, 999 ms",
    "PT1S, 1.0 s",
    "PT3.25S, 3.2 s",
    "PT59.999S, 59.9 s",
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
