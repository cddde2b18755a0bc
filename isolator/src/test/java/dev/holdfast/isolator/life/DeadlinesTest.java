package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines();
  private final List<String> done = new ArrayList<>();

  private void in(Duration delay, String what) {
    deadlines.in(delay, () -> done.add(what));
  }

  @Test
  void withoutOneThereIsNothingToWaitFor() {
    deadlines.runDue();

    assertThat(deadlines.untilNext()).isEmpty();
  }

  @Test
  void whatIsDueIsDoneOnce() {
    in(Duration.ZERO, "now");
    in(Duration.ofNanos(-5), "before");
    assertThat(deadlines.untilNext()).contains(Duration.ZERO);

    deadlines.runDue();
    deadlines.runDue();

    assertThat(done).containsExactly("now", "before");
    assertThat(deadlines.untilNext()).isEmpty();
  }

  @Test
  void whatIsNotDueIsLeftAndTheNextOneCounts() {
    in(Duration.ofHours(2), "later");
    in(Duration.ofHours(1), "earlier");

    deadlines.runDue();

    assertThat(done).isEmpty();
    assertThat(deadlines.untilNext())
        .hasValueSatisfying(
            left -> assertThat(left).isBetween(Duration.ofMinutes(50), Duration.ofHours(1)));
  }

  @Test
  void whatIsDoneMaySetAnother() {
    deadlines.in(Duration.ZERO, () -> in(Duration.ofHours(1), "again"));

    deadlines.runDue();

    assertThat(done).isEmpty();
    assertThat(deadlines.untilNext()).isPresent();
  }

  @Test
  void aTimeThatNeverComesIsNoMistake() {
    in(Duration.ofSeconds(Long.MAX_VALUE), "never");
    in(Duration.ofDays(200_000), "never");

    deadlines.runDue();

    assertThat(done).isEmpty();
    assertThat(deadlines.untilNext())
        .hasValueSatisfying(left -> assertThat(left).isGreaterThan(Duration.ofDays(365)));
  }
}
