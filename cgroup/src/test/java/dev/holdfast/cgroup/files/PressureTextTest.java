package dev.holdfast.cgroup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Pressure;
import java.nio.file.Path;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PressureTextTest {
  private static final Path FILE = Path.of("/sys/fs/cgroup/x/memory.pressure");

  @Test
  void bothLinesAreRead() {
    assertThat(
            UnifiedFiles.parsePressure(
                """
                some avg10=12.50 avg60=3.00 avg300=0.75 total=1234567
                full avg10=1.25 avg60=0.00 avg300=0.00 total=200
                """,
                FILE))
        .isEqualTo(
            new Pressure(12.5, 1.25, Duration.ofNanos(1_234_567_000), Duration.ofNanos(200_000)));
  }

  /// `cpu.pressure` before Linux 5.13.
  @Test
  void theLineOfAllMayBeMissing() {
    assertThat(UnifiedFiles.parsePressure("some avg10=0.10 avg60=0.00 avg300=0.00 total=9\n", FILE))
        .isEqualTo(new Pressure(0.1, 0, Duration.ofNanos(9_000), Duration.ZERO));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
        "some\n",
        "some avg60=1.00 total=3",
        "some avg10= total=3",
        "some avg10=x total=3",
        "some avg10=1.00 avg60=0.00 avg300=0.00\n",
        "some avg10=NaN total=1"
      })
  void aTextOfAnotherFormIsMalformed(String text) {
    assertThatExceptionOfType(CgroupException.Malformed.class)
        .isThrownBy(() -> UnifiedFiles.parsePressure(text, FILE))
        .withMessageStartingWith("read " + FILE + ": ");
  }

  @Property
  void anyTextIsPressureOrMalformed(
      @ForAll @Chars({' ', '=', '.', '\n', '-'}) @CharRange(from = '0', to = '9') String tail) {
    try {
      Pressure pressure = UnifiedFiles.parsePressure("some avg10=" + tail + " total=" + tail, FILE);
      assertThat(pressure.someAvg10()).isFinite().isGreaterThan(-1e-300);
    } catch (CgroupException.Malformed e) {
      assertThat(e.path()).isEqualTo(FILE);
    }
  }
}
