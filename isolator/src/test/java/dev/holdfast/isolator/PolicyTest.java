package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.linux.Host;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  @ParameterizedTest
  @CsvSource({"0.5, 512", "1, 1024", "0.1, 102", "2.5, 2560", "0.001, 10", "0.01, 10", "0.011, 11"})
  void sharesAre1024ACpuRoundedDownButAtLeastTen(String cpus, long shares) {
    assertThat(Policy.shares(Cpus.parse(cpus)).count()).isEqualTo(shares);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 50000", "1.5, 150000", "0.005, 1000", "0.001, 1000", "0.011, 1100"})
  void quotaIsOf100MillisecondsButAtLeastOne(String cpus, long quotaMicros) {
    assertThat(Policy.bandwidth(Cpus.parse(cpus)))
        .isEqualTo(new CpuBandwidth(quotaMicros, 100_000));
  }

  @ParameterizedTest
  @CsvSource({"96m, 100663296", "16m, 33554432", "32m, 33554432", "1, 33554432"})
  void memoryIsAtLeast32Mebibytes(String asked, long bytes) {
    assertThat(Policy.memory(Bytes.parse(asked)).count()).isEqualTo(bytes);
  }

  /// The seed dropped the fraction of a megabyte.
  @ParameterizedTest
  @CsvSource({"68052582, 68055040", "64.5m, 67633152", "33554433, 33558528"})
  void noFractionOfAMebibyteIsLost(String asked, long bytes) {
    assertThat(Policy.memory(Bytes.parse(asked)).count()).isEqualTo(bytes);
  }

  @Property
  void moreCpusNeverMeanFewerShares(
      @ForAll @LongRange(min = 0) long millis, @ForAll @LongRange(min = 0) long more) {
    Cpus few = new Cpus(Math.min(millis, more));
    Cpus many = new Cpus(Math.max(millis, more));

    assertThat(Policy.shares(few)).isLessThanOrEqualTo(Policy.shares(many));
  }

  @Property
  void moreCpusNeverMeanLessQuota(
      @ForAll @LongRange(min = 0, max = 8_192_000) long millis,
      @ForAll @LongRange(min = 0, max = 8_192_000) long more) {
    assertThat(Policy.bandwidth(new Cpus(Math.min(millis, more))).quotaMicros())
        .isLessThanOrEqualTo(Policy.bandwidth(new Cpus(Math.max(millis, more))).quotaMicros());
  }

  @Property
  void memoryIsWholePagesAndNoLessThanWasAsked(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE - (1 << 16)) long asked) {
    long limit = Policy.memory(new Bytes(asked)).count();

    assertThat(limit % Host.pageSize()).isZero();
    assertThat(limit).isGreaterThanOrEqualTo(asked);
    assertThat(limit - Math.max(asked, Policy.MINIMUM_MEMORY.count())).isLessThan(Host.pageSize());
  }

  /// No machine has as much, but somebody may ask for it.
  @Property
  void anyAmountOfMemoryIsTaken(@ForAll @LongRange(min = 1) long asked) {
    assertThat(Policy.memory(new Bytes(asked)).count() % Host.pageSize()).isZero();
  }
}
