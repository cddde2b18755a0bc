package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.linux.Signal;
import dev.holdfast.testkit.KernelTest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Runs that outlive their agent.
@KernelTest
final class AgentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Ground ground = new Ground();

  private Started startAgent() {
    Started agent = ground.holdfast("agent", "--work-dir", ground.file("state").toString()).start();
    await().atMost(PATIENCE).until(() -> Files.exists(ground.runtime().resolve("agent.sock")));
    return agent;
  }

  private Finished call(String... words) {
    return ground.holdfast(words).finish();
  }

  private String launch(String name, String... words) {
    List<String> all = new ArrayList<>(List.of("run", "-d", "--name", name));
    all.addAll(List.of(words));
    return call(all.toArray(String[]::new)).expect(0).out().strip();
  }

  @Test
  void killedLosesNoRunAndNoExitStatus() throws Exception {
    Started agent = startAgent();
    launch("long", "--memory", "64m", "sh", "-c", "echo begun; sleep 1000");
    launch("short", "sh", "-c", "sleep 2; exit 7");
    launch("eater", Eater.with("--memory", "64m", "--"));
    agent.signal(Signal.KILL).await();
    Files.deleteIfExists(ground.runtime().resolve("agent.sock"));

    Started next = startAgent();

    assertThat(call("wait", "default/short").expect(0).out().strip()).isEqualTo("7");
    assertThat(call("wait", "default/eater").expect(0).out().strip()).isEqualTo("137");
    assertThat(call("explain", "default/eater").expect(0).out()).contains("ran out of memory");
    assertThat(call("logs", "default/long").expect(0).out()).isEqualTo("begun\n");
    assertThat(call("ps", "-q").expect(0).out().lines()).hasSize(1);
    call("kill", "default/long").expect(0);
    call("prune").expect(0);
    next.signal(Signal.TERM).await().expect(0);
  }
}
