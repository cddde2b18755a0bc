package dev.holdfast.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// v2 caps swap by itself; Holdfast speaks of memory and swap together, as v1 does.
final class SwapCapTest {
  private static final Limit<Bytes> SMALL = Limit.at(Bytes.ofMebibytes(64));
  private static final Limit<Bytes> LARGE = Limit.at(Bytes.ofMebibytes(256));

  @Test
  void swapIsTheDifference() {
    assertThat(MemoryV2.swapOf(SMALL, LARGE)).isEqualTo(Limit.at(Bytes.ofMebibytes(192)));
    assertThat(MemoryV2.swapOf(SMALL, SMALL)).isEqualTo(Limit.at(Bytes.ZERO));
  }

  @Test
  void withoutACapThereIsNoDifference() {
    assertThat(MemoryV2.swapOf(SMALL, Limit.unlimited())).isEqualTo(Limit.unlimited());
    assertThat(MemoryV2.swapOf(Limit.unlimited(), Limit.unlimited())).isEqualTo(Limit.unlimited());
  }

  @Test
  void bothBelowMemoryAloneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryV2.swapOf(LARGE, SMALL))
        .withMessage("the limit on memory and swap, 64 MiB, is below the limit on memory, 256 MiB");
  }

  @Property
  void memoryAndSwapAddUp(
      @ForAll @LongRange(min = 0, max = 1L << 50) long memory,
      @ForAll @LongRange(min = 0, max = 1L << 50) long swap) {
    Limit<Bytes> both = Limit.at(new Bytes(memory + swap));
    assertThat(MemoryV2.swapOf(Limit.at(new Bytes(memory)), both))
        .isEqualTo(Limit.at(new Bytes(swap)));
  }
}
