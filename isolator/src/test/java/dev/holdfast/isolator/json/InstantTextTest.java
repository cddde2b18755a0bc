package dev.holdfast.isolator.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InstantTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T23:59:58Z",
        "2026-01-31T23:59:58.5Z",
        "2026-01-31T23:59:58.120Z",
        "2026-01-31T23:59:58.000001Z",
        "2026-12-01T00:00:00.123456789Z",
        "1969-12-31T23:59:59.999Z",
        "+10000-01-01T00:00:00Z",
        "2026-01-31T23:59:58.Z",
        "2026-01-31T23:59:58+01:00",
      })
  void isReadAsJavaDoes(String text) {
    assertThat(InstantText.parse(text)).isEqualTo(Instant.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-01-31",
        "2026-01-31T23:59:58",
        "2026-02-30T00:00:00Z",
        "2026-01-31T23:59:58.1234567890Z",
        "2026-01-31T23:59:5xZ",
        "2026-01-31 23:59:58.123456789Z",
      })
  void whatIsNoInstantIsRefused(String text) {
    assertThatThrownBy(() -> Instant.parse(text)).isInstanceOf(DateTimeException.class);
    assertThatThrownBy(() -> InstantText.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
