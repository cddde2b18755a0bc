package dev.holdfast.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapCareTest {
  private static final long MEBIBYTE = 1 << 20;

  private final AtomicLong used = new AtomicLong(8 * MEBIBYTE);
  private final AtomicLong living = new AtomicLong(8 * MEBIBYTE);
  private int collections;
  private final HeapCare care =
      new HeapCare(
          used::get,
          () -> {
            collections++;
            used.set(living.get());
          });

  private void tendWith(long mebibytes) {
    used.set(mebibytes * MEBIBYTE);
    care.tend();
  }

  @Test
  void whatIsDeadIsCollectedBeforeItIsMuch() {
    tendWith(28);
    assertThat(collections).isZero();

    tendWith(29);
    assertThat(collections).isEqualTo(1);

    tendWith(28);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void aHeapThatGrowsIsCollectedAFewTimesOnly() {
    for (long mebibytes = 8; mebibytes <= 400; mebibytes++) {
      living.set(mebibytes * MEBIBYTE);
      tendWith(mebibytes);
    }
    assertThat(collections).isBetween(4, 8);
  }
}
