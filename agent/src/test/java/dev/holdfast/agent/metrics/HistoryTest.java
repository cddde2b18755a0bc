package dev.holdfast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class HistoryTest {
  private static final int SECOND = 1_000;
  private static final int QUARTER = 900;

  private static Reading idle(int second) {
    return Samples.reading(
        (long) second * SECOND, 7_000, 0, 4_000, 3_000, 1 << 20, 1 << 19, 1 << 18, 1 << 20);
  }

  /// Nearly every number changes.
  private static Reading busy(int second, Random random) {
    long[] values = new long[Field.COUNT];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < 20 ? second * 500_000L + random.nextInt(400_000) : random.nextInt(100);
    }
    return new Reading((long) second * SECOND + random.nextInt(5), values);
  }

  @Test
  void whatWasAddedIsThere() {
    History history = new History();
    List<Reading> added = new ArrayList<>();
    for (int second = 0; second < 200; second++) {
      Reading reading = busy(second, new Random(second));
      added.add(reading);
      history.add(reading);
    }
    assertThat(history.since(0)).isEqualTo(added);
    assertThat(history.last()).contains(added.getLast());
  }

  @Test
  void whatIsOlderThanAQuarterOfAnHourIsDropped() {
    History history = new History();
    for (int second = 0; second < 3 * QUARTER; second++) {
      history.add(idle(second));
    }
    long now = (3 * QUARTER - 1) * (long) SECOND;
    List<Reading> window = history.since(now - History.WINDOW.toMillis());
    assertThat(window).hasSize(QUARTER + 1);
    assertThat(history.since(0)).hasSizeLessThan(QUARTER + 70);
  }

  @Test
  void anIdleRunKeepsEveryReadingInLittleMemory() {
    History history = new History();
    for (int second = 0; second < QUARTER; second++) {
      history.add(idle(second));
    }
    assertThat(history.since(0)).hasSize(QUARTER);
    assertThat(history.size()).isLessThan(8 * QUARTER);
  }

  @Test
  void aBusyRunIsThinnedWhereItIsOldest() {
    History history = new History();
    Random random = new Random(1);
    for (int second = 0; second < QUARTER; second++) {
      history.add(busy(second, random));
      assertThat(history.size()).isLessThanOrEqualTo(History.MOST_BYTES + 8 * 1024);
    }
    List<Reading> all = history.since(0);
    assertThat(all.getFirst().time()).isLessThan(100L * SECOND);
    assertThat(all).hasSizeGreaterThan(150);
    List<Reading> lastMinutes = history.since((QUARTER - 120L) * SECOND);
    assertThat(lastMinutes).hasSizeGreaterThanOrEqualTo(119);
  }

  @Test
  void aGapStaysAGap() {
    History history = new History();
    history.add(idle(1));
    history.add(idle(500));
    assertThat(history.since(0)).containsExactly(idle(1), idle(500));
  }

  @Test
  void whatIsNotLaterIsRefused() {
    History history = new History();
    history.add(idle(5));
    assertThatIllegalArgumentException().isThrownBy(() -> history.add(idle(5)));
  }

  @Property(tries = 50)
  void itIsNeverOutOfOrderAndLosesNoneBelowItsBounds(
      @ForAll @Size(max = 300) List<@IntRange(min = 1, max = 5_000) Integer> gaps,
      @ForAll long seed) {
    History history = new History();
    Random random = new Random(seed);
    List<Reading> added = new ArrayList<>();
    long time = 1_700_000_000_000L;
    for (int gap : gaps) {
      time += gap;
      long[] values = new long[Field.COUNT];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(4) == 0 ? Reading.ABSENT : random.nextLong(1L << 40);
      }
      Reading reading = new Reading(time, values);
      added.add(reading);
      history.add(reading);
    }
    List<Reading> all = history.since(0);
    assertThat(all).isSubsetOf(added);
    assertThat(all).extracting(Reading::time).isSorted().doesNotHaveDuplicates();
  }
}
