package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  private static SomeLimits limits() {
    return new SomeLimits();
  }

  private static void assertRefused(SomeLimits limits, String why) {
    assertThatIllegalArgumentException().isThrownBy(limits::build).withMessage(why);
  }

  @Test
  void nothingIsLimitedUnlessItIsAskedFor() {
    assertThat(limits().build()).isEqualTo(Limits.NONE);
  }

  @Test
  void allPartsGoTogether() {
    Limits all =
        limits()
            .cpus("1.5", CpuMode.QUOTA)
            .cpuBurst(Duration.ofMillis(20))
            .cpusetCpus("0-1")
            .memory("64m")
            .memoryReservation("64m")
            .memoryAndSwap("64m")
            .pids(1)
            .build();

    assertThat(all.cpus()).isPresent();
    assertThat(all.memoryAndSwap()).isPresent();
  }

  @Test
  void noCpuAtAllIsRefused() {
    assertRefused(limits().cpus("0"), "cpus must be more than 0");
  }

  @ParameterizedTest
  @EnumSource(value = CpuMode.class, names = "SHARES", mode = EnumSource.Mode.EXCLUDE)
  void aCpuModeNeedsANumberOfCpus(CpuMode mode) {
    String name = mode.name().toLowerCase(java.util.Locale.ROOT);

    assertRefused(limits().cpuMode(mode), "the cpu mode " + name + " needs a number of cpus");
  }

  @ParameterizedTest
  @EnumSource(value = CpuMode.class, names = "QUOTA", mode = EnumSource.Mode.EXCLUDE)
  void aBurstNeedsAQuota(CpuMode mode) {
    assertRefused(
        limits().cpus("1", mode).cpuBurst(Duration.ofMillis(1)),
        "a cpu burst needs the cpu mode quota");
  }

  @Test
  void aBurstAboveTheQuotaIsRefused() {
    assertRefused(
        limits().cpus("0.5", CpuMode.QUOTA).cpuBurst(Duration.ofMillis(51)),
        "a cpu burst of 51000 µs is more than the quota of 50000 µs");
  }

  @Test
  void anEmptyListOfCpusIsRefused() {
    assertRefused(limits().cpusetCpus(""), "the list of cpus to use is empty");
  }

  @Test
  void pinningChoosesTheCpusItself() {
    assertRefused(
        limits().cpus("1", CpuMode.PINNED).cpusetCpus("0"),
        "the cpu mode pinned chooses the cpus itself: it does not go with a list of them");
  }

  @Test
  void noMemoryAtAllIsRefused() {
    assertRefused(limits().memory("0"), "memory must be more than 0");
  }

  @Test
  void aReservationAboveTheLimitIsRefused() {
    assertRefused(
        limits().memory("64m").memoryReservation("65m"),
        "the memory reservation, 65 MiB, is above the memory limit, 64 MiB");
  }

  @Test
  void aReservationNeedsNoLimit() {
    assertThat(limits().memoryReservation("1g").build().memory()).isEmpty();
  }

  @Test
  void aSwapLimitNeedsAMemoryLimit() {
    assertRefused(limits().memoryAndSwap("64m"), "a limit on swap needs a limit on memory");
    assertRefused(limits().unlimitedSwap(), "a limit on swap needs a limit on memory");
  }

  @Test
  void memoryAndSwapTogetherAreNoLessThanMemory() {
    assertRefused(
        limits().memory("64m").memoryAndSwap("63m"),
        "the limit on memory and swap together, 63 MiB, is below the limit on memory, 64 MiB");
    assertThat(limits().memory("64m").unlimitedSwap().build().memoryAndSwap()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Limits.MOST_PIDS + 1, Long.MAX_VALUE})
  void pidsAreFromOneToWhatTheKernelTakes(long pids) {
    assertRefused(
        limits().pids(pids), "the limit on pids, " + pids + ", is not a number from 1 to 4194304");
    assertThat(limits().pids(Limits.MOST_PIDS).build().pids()).isPresent();
  }

  @Test
  void aChangeTakesThePlaceOfWhatItNames() {
    Limits before =
        limits().cpus("1").cpusetCpus("0-1").memory("64m").memoryAndSwap("128m").pids(5).build();

    assertThat(before.with(limits().memory("96m").build()))
        .isEqualTo(
            limits()
                .cpus("1")
                .cpusetCpus("0-1")
                .memory("96m")
                .memoryAndSwap("128m")
                .pids(5)
                .build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> before.with(limits().memory("256m").build()))
        .withMessage(
            "the limit on memory and swap together, 128 MiB, is below the limit on memory,"
                + " 256 MiB");
  }

  @Test
  void whoMayNotSwapMayNotWithAnotherMemoryLimitEither() {
    Limits before = limits().memory("64m").memoryAndSwap("64m").build();

    assertThat(before.with(limits().memory("128m").build()))
        .isEqualTo(limits().memory("128m").memoryAndSwap("128m").build());
    assertThat(before.with(limits().memory("32m").build()))
        .isEqualTo(limits().memory("32m").memoryAndSwap("32m").build());
  }

  @Test
  void aBurstIsLoweredToTheNewQuota() {
    Limits before = limits().cpus("1", CpuMode.QUOTA).cpuBurst(Duration.ofMillis(80)).build();

    assertThat(before.with(limits().cpus("0.5", CpuMode.QUOTA).build()).cpuBurst())
        .contains(Duration.ofMillis(50));
    assertThat(before.with(limits().cpus("0.5").build()).cpuBurst()).isEmpty();
  }
}
