package dev.holdfast.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/// The kernel refuses a cap on memory above the cap on memory and swap at every instant.
final class MemoryPlanTest {
  private static final Limit<Bytes> SMALL = Limit.at(Bytes.ofMebibytes(64));
  private static final Limit<Bytes> LARGE = Limit.at(Bytes.ofMebibytes(256));

  @Test
  void bothAreRaisedFirst() {
    assertThat(MemoryV1.plan(SMALL, LARGE, LARGE))
        .containsExactly(new MemoryV1.Write(true, LARGE), new MemoryV1.Write(false, LARGE));
    assertThat(MemoryV1.plan(SMALL, LARGE, Limit.unlimited()))
        .containsExactly(
            new MemoryV1.Write(true, Limit.unlimited()), new MemoryV1.Write(false, LARGE));
  }

  @Test
  void bothAreLoweredLast() {
    assertThat(MemoryV1.plan(Limit.unlimited(), SMALL, LARGE))
        .containsExactly(new MemoryV1.Write(false, SMALL), new MemoryV1.Write(true, LARGE));
    assertThat(MemoryV1.plan(LARGE, SMALL, SMALL))
        .containsExactly(new MemoryV1.Write(false, SMALL), new MemoryV1.Write(true, SMALL));
  }

  @Property
  void noStepIsEverRefused(
      @ForAll("caps") List<Limit<Bytes>> before, @ForAll("caps") List<Limit<Bytes>> after) {
    long memory = amount(before.get(0));
    long both = amount(before.get(1));
    for (MemoryV1.Write write : MemoryV1.plan(before.get(1), after.get(0), after.get(1))) {
      if (write.swapToo()) {
        both = amount(write.value());
      } else {
        memory = amount(write.value());
      }
      assertThat(memory).isLessThanOrEqualTo(both);
    }
    assertThat(memory).isEqualTo(amount(after.get(0)));
    assertThat(both).isEqualTo(amount(after.get(1)));
  }

  private static long amount(Limit<Bytes> limit) {
    return limit.value().map(Bytes::count).orElse(Long.MAX_VALUE);
  }

  /// A cap on memory, and one on memory and swap that is not below it.
  @Provide
  Arbitrary<List<Limit<Bytes>>> caps() {
    return Arbitraries.longs()
        .between(1, 6)
        .list()
        .ofSize(2)
        .map(numbers ->
            numbers.stream()
                .sorted()
                .map(number -> number == 6 ? Limit.<Bytes>unlimited() : at(number))
                .toList());
  }

  private static Limit<Bytes> at(long mebibytes) {
    return Limit.at(Bytes.ofMebibytes(mebibytes));
  }
}
