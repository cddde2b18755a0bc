package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Runs that share a cgroups' root and a runtime directory, and come and go as they like.
@KernelTest
final class ConcurrencyTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  @AnyLayout
  void fiftyRunsAtOnceAllSucceed() {
    List<Started> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(ground.run("--memory", "64m", "--", "true").start());
    }
    for (Started call : calls) {
      assertThat(call.await().expect(0).err()).isEmpty();
    }
  }

  @Test
  void eachGetsItsOwnOutputAndStatus() {
    List<Started> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(ground.run("sh", "-c", "echo " + i + "; exit " + i).start());
    }
    for (int i = 0; i < 10; i++) {
      assertThat(calls.get(i).await().expect(i).out()).isEqualTo(i + "\n");
    }
  }

  @Test
  void runWithinARunEndsWithIt() throws IOException {
    // The inner one's processes are in a cgroup of their own, beside the outer's.
    String inner = ground.run("sh", "-c", "echo ready; exec sleep 1000").shellWords();
    Started outer =
        ground
            .run(
                "--stop-timeout",
                "1s",
                "-e",
                "HOLDFAST_RUNTIME_DIR",
                "-e",
                "HOLDFAST_CGROUPS_ROOT",
                "sh",
                "-c",
                "trap '' TERM; " + inner)
            .start()
            .awaitOutput("ready");

    outer.signal(Signal.TERM).await().expect(137);
    Waiting.until(
        "the inner one has ended",
        () -> ground.processes().isEmpty() && ground.cgroups().isEmpty());
    ground.takeStatus();
  }

  @Test
  void rootThatHoldfastMadeGoesWithItsParents() {
    ground
        .run("--memory", "64m", "true")
        .variable("HOLDFAST_CGROUPS_ROOT", ground.name() + "/deeper/down")
        .finish()
        .expect(0);

    assertThat(ground.cgroups()).isEmpty();
  }

  @Test
  void rootThatSomebodyElseMadeStays() {
    try (LimitedParent operators = new LimitedParent(ground.name(), 1L << 30)) {
      List<Path> before = ground.cgroups();
      ground
          .run("--memory", "64m", "true")
          .variable("HOLDFAST_CGROUPS_ROOT", operators.path().toString())
          .finish()
          .expect(0);

      assertThat(ground.cgroups()).isEqualTo(before);
    }
  }
}
