package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CpuSharesTest {
  @ParameterizedTest
  @CsvSource({
    "2, 1",
    "10, 1",
    "15, 1",
    "16, 2",
    "102, 10",
    "512, 50",
    "1024, 100",
    "2048, 200",
    "102400, 10000",
    "262144, 10000"
  })
  void weighsAsTheKernelConvertsIt(long shares, long weight) {
    assertThat(new CpuShares(shares).weight()).isEqualTo(weight);
  }

  @Property
  void everyWeightIsReachedAndComesBack(@ForAll @LongRange(min = 1, max = 10_000) long weight) {
    assertThat(CpuShares.ofWeight(weight).weight()).isEqualTo(weight);
  }

  @Property
  void moreSharesNeverWeighLess(
      @ForAll @LongRange(min = 2, max = 262_144) long one,
      @ForAll @LongRange(min = 2, max = 262_144) long other) {
    CpuShares less = new CpuShares(Math.min(one, other));
    CpuShares more = new CpuShares(Math.max(one, other));
    assertThat(less.weight()).isBetween(1L, more.weight());
    assertThat(less).isLessThanOrEqualTo(more);
  }

  @Test
  void staysWithinTheKernelsBounds() {
    assertThatIllegalArgumentException().isThrownBy(() -> new CpuShares(1));
    assertThatIllegalArgumentException().isThrownBy(() -> new CpuShares(262_145));
    assertThat(CpuShares.ofWeight(1)).isGreaterThanOrEqualTo(CpuShares.MINIMUM);
    assertThat(CpuShares.ofWeight(Long.MAX_VALUE / 2048)).isEqualTo(CpuShares.MAXIMUM);
  }
}
