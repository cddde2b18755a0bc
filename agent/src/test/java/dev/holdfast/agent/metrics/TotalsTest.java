package dev.holdfast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.RunId;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class TotalsTest {
  private static final RunId FIRST = RunId.random();
  private static final RunId SECOND = RunId.random();

  private static Totals.Amounts amounts(long all) {
    return new Totals.Amounts(all, all, all);
  }

  @Test
  void theRunsOfAFrameworkAddUp() {
    Totals totals = new Totals();
    totals.used(FIRST, "f", amounts(10));
    totals.used(SECOND, "f", amounts(5));
    totals.used(RunId.random(), "g", amounts(1));
    totals.used(FIRST, "f", amounts(12));
    assertThat(totals.byFramework()).isEqualTo(Map.of("f", amounts(17), "g", amounts(1)));
  }

  @Test
  void aRestartCountsNothingTwice() {
    Totals before = new Totals();
    before.used(FIRST, "f", amounts(10));
    Totals after = new Totals();
    after.restore(before.byFramework(), before.byRun());
    after.used(FIRST, "f", amounts(13));
    assertThat(after.byFramework()).isEqualTo(Map.of("f", amounts(13)));
  }

  @Property
  void theyNeverGoBackwards(@ForAll List<@IntRange(max = 1_000) Integer> readings) {
    Totals totals = new Totals();
    long before = 0;
    for (int reading : readings) {
      totals.used(reading % 2 == 0 ? FIRST : SECOND, "f", amounts(reading));
      long now = totals.byFramework().getOrDefault("f", Totals.Amounts.NONE).cpu();
      assertThat(now).isGreaterThanOrEqualTo(before);
      before = now;
    }
  }
}
