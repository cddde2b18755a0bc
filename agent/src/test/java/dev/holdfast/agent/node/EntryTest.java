package dev.holdfast.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EntryTest {
  /// Or the run's first change would be told before the run itself.
  @Test
  void whoeverComesSecondWaitsUntilTheLaunchIsTold() throws Exception {
    Entry entry = RegistryTest.entry("0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0", "fw", "web", 0, 1);
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Thread second =
        Thread.ofPlatform()
            .unstarted(() -> {
              entry.announce(() -> told.add("launched again"));
              told.add("changed");
            });

    entry.announce(() -> {
      second.start();
      while (second.getState() != Thread.State.WAITING && second.isAlive()) {
        Thread.onSpinWait();
      }
      told.add("launched");
    });
    second.join();

    assertThat(told).containsExactly("launched", "changed");
  }
}
