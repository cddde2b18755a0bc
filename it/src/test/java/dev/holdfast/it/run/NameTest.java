package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A run's name becomes a part of paths, whatever is in it.
@KernelTest
final class NameTest {
  @RegisterExtension final Ground ground = new Ground();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../x",
        "..",
        ".",
        "a/b",
        "/etc",
        "launchers",
        "größe ☃",
        "🙂",
        "a b",
        "%2F",
        "a.b.c",
        "-x",
        "*",
        "'\"$(id)",
        "\\"
      })
  void namesTheRunAndOneCgroup(String name) {
    Finished run =
        ground
            .run("--name=" + name, "--framework=" + name, "cat", "/proc/self/cgroup")
            .withVerdict()
            .finish()
            .expect(0);

    assertThat(run.verdict().text("executor")).isEqualTo(name);
    assertThat(run.verdict().text("framework")).isEqualTo(name);
    List<String> ours = run.out().lines().filter(it -> it.contains(ground.name())).toList();
    assertThat(ours).isNotEmpty().allMatch(it -> it.matches(".*:/" + ground.name() + "/[^/]+"));
  }

  @Test
  void ofTheGreatestLengthNamesARun() {
    ground
        .run("--name", "ü".repeat(127), "--framework", "/".repeat(255), "true")
        .finish()
        .expect(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "\033[31m", "a\tb"})
  void thatIsUnreadableIsRefused(String name) {
    Finished run = ground.run("--name", name, "true").finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).doesNotContain("\033");
  }

  @Test
  void thatIsTooLongIsRefused() {
    Finished run = ground.run("--name", "x".repeat(300), "true").finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("300", "255");
  }

  /// The name is the command's by default, and what works without a name should work.
  @Test
  void ofAnyProgramIsAName() {
    String odd = ground.program("tab\there", "#!/bin/sh\nexit 7\n").toString();

    ground.run(odd).finish().expect(7);
    String longest = ground.program("x".repeat(255), "#!/bin/sh\nexit 7\n").toString();
    ground.run(longest).finish().expect(7);
  }
}
