package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The verbs beside `run`, and the script.
@AnyLayout
@KernelTest
final class CommandLineTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  void versionIsTold() {
    assertThat(ground.holdfast("version").finish().expect(0).out()).matches("holdfast \\S+\n");
    assertThat(ground.holdfast("--version").finish().expect(0).out()).matches("holdfast \\S+\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "agent", "doctor", "version", "completion"})
  void helpIsThereForEachVerb(String verb) {
    String help = ground.holdfast(verb, "--help").finish().expect(0).out();

    assertThat(help).startsWith("Usage: holdfast " + verb);
    assertThat(ground.holdfast("help", verb).finish().expect(0).out()).isEqualTo(help);
    assertThat(ground.holdfast("--help").finish().expect(0).out()).contains("\n  " + verb);
  }

  @Test
  void withoutAVerbHelpGoesToStderr() {
    Finished call = ground.holdfast().finish().expect(125);

    assertThat(call.out()).isEmpty();
    assertThat(call.err()).contains("Usage: holdfast");
  }

  @Test
  void helpOfRunNamesEveryOption() {
    assertThat(ground.holdfast("run", "--help").finish().expect(0).out())
        .contains(
            "--name",
            "--framework",
            "--label",
            "--no-agent",
            "--cpus",
            "--cpu-mode",
            "--cpu-burst",
            "--cpuset-cpus",
            "-m",
            "--memory",
            "--memory-reservation",
            "--memory-swap",
            "--pids-limit",
            "--timeout",
            "--cpu-timeout",
            "--stop-timeout",
            "--oom",
            "-u",
            "--user",
            "-w",
            "--workdir",
            "-e",
            "--env",
            "--env-file",
            "--ulimit",
            "--verdict");
  }

  @Test
  void helpAfterTheCommandIsTheCommands() {
    assertThat(ground.run("echo", "--help", "--memory", "-x").finish().expect(0).out())
        .isEqualTo("--help --memory -x\n");
  }

  @Test
  void completionWorksInBash() {
    String script =
        """
        source <(%s)
        COMP_WORDS=(holdfast run --mem) COMP_CWORD=2
        _holdfast
        echo "${COMPREPLY[@]}"
        """
            .formatted(ground.holdfast("completion", "bash").shellWords());

    assertThat(ground.run().start("bash", "-c", script).await().expect(0).out())
        .isEqualTo("--memory --memory-reservation --memory-swap\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completionIsThereForEachShell(String shell) {
    assertThat(ground.holdfast("completion", shell).finish().expect(0).out())
        .contains("cpuset-cpus", "doctor");
  }

  @Test
  void scriptWorksThroughALinkAndFromAnywhere() {
    ground
        .run()
        .in(Path.of("/"))
        .start(
            "sh",
            "-c",
            "ln -s \"$0\" " + ground.file("link") + " && " + ground.file("link") + " version",
            dev.holdfast.it.harness.Holdfast.projectRoot().resolve("holdfast").toString())
        .await()
        .expect(0);
  }
}
