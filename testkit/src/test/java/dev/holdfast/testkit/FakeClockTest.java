package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class FakeClockTest {
  private final FakeClock clock = new FakeClock();

  @Test
  void standsStillUntilItIsMoved() {
    Instant start = clock.instant();
    assertThat(clock.instant()).isEqualTo(start);
    clock.advance(Duration.ofSeconds(3));
    assertThat(clock.instant()).isEqualTo(start.plusSeconds(3));
    assertThat(clock.nanoTime()).isEqualTo(3_000_000_000L);
    assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(Duration.ofNanos(-1)));
  }

  @Test
  void onlyTheTimeOfDayJumps() {
    Instant start = clock.instant();
    clock.jump(Duration.ofHours(-1));
    assertThat(clock.instant()).isEqualTo(start.minusSeconds(3600));
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void otherZonesFollow() {
    Clock other = clock.withZone(ZoneId.of("Europe/Paris"));
    clock.advance(Duration.ofMinutes(1));
    assertThat(other.instant()).isEqualTo(clock.instant());
    assertThat(other.getZone()).isEqualTo(ZoneId.of("Europe/Paris"));
    assertThat(other.withZone(ZoneOffset.UTC).instant()).isEqualTo(clock.instant());
    assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
  }
}
