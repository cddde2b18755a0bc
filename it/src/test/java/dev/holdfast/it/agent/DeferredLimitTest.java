package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.VerdictDocument;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A memory limit that is lowered below what is in use waits, over the death of the agent, too.
@KernelTest
final class DeferredLimitTest {
  private static final String ASKED = Integer.toString(40 << 20);

  /// Holds 64 MiB until it is told to let go.
  private static final String HOLDER =
      """
      $| = 1;
      $SIG{USR1} = sub { undef $held; print "less\\n" };
      $count = 64 << 20;
      $held = 'x' x $count;
      print "more\\n";
      sleep 1000 while 1;
      """;

  @RegisterExtension final Ground ground = new Ground();

  @Test
  void waitsUntilItFitsAndNobodyIsKilledForIt() throws IOException {
    Agent agent = Agent.start(ground);
    agent.launch("holder", "--memory", "128m", "perl", "-e", HOLDER).expect(0);
    Path output = Path.of(agent.inspect("holder").text("sandbox"), "stdout");
    Waiting.until("it holds memory", () -> Files.readString(output).equals("more\n"));
    String before = limit();

    agent.ask("update", "--memory", "40m", "default/holder").expect(0);

    assertWaits(agent.inspect("holder"), before);
    agent.kill();
    Agent next = Agent.start(ground);
    assertWaits(next.inspect("holder"), before);
    next.ask("kill", "-s", "USR1", "default/holder").expect(0);
    Waiting.until("it fits", () -> limit().equals(ASKED));
    Waiting.until("it is said", () -> !next.inspect("holder").has("limits_deferred"));
    assertThat(Files.readString(output)).isEqualTo("more\nless\n");
    assertThat(next.inspect("holder").text("state")).isEqualTo("running");
    goal().ifPresent(it -> assertThat(it).isEqualTo("max"));
    next.end();
  }

  private void assertWaits(VerdictDocument run, String before) {
    assertThat(run.text("limits_deferred")).contains("the memory limit stays at 128 MiB");
    assertThat(limit()).isEqualTo(before);
    // It may not grow.
    goal().ifPresent(it -> assertThat(Long.parseLong(it)).isBetween(64L << 20, 80L << 20));
  }

  private String limit() {
    return Stream.of("memory.max", "memory.limit_in_bytes")
        .flatMap(name -> text(name).stream())
        .findFirst()
        .orElseThrow();
  }

  /// v2's alone.
  private Optional<String> goal() {
    return text("memory.high");
  }

  private Optional<String> text(String name) {
    for (Path cgroup : ground.runCgroups()) {
      if (Files.exists(cgroup.resolve(name))) {
        try {
          return Optional.of(Files.readString(cgroup.resolve(name)).strip());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return Optional.empty();
  }
}
