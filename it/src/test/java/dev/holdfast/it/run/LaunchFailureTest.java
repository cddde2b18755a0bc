package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A program that cannot be executed, or is not there: 126 and 127, as shells have it.
@KernelTest
final class LaunchFailureTest {
  @RegisterExtension final Ground ground = new Ground();

  @Test
  void fileThatIsNotExecutable() {
    assertFails(126, "permission denied", ground.write("file", "#!/bin/sh\n").toString());
  }

  @Test
  void directory() {
    assertFails(126, "permission denied", ground.work().toString());
  }

  @Test
  void fileThatIsNoProgram() {
    assertFails(126, "exec format error", ground.program("text", "only text\n").toString());
  }

  @Test
  void missingFile() {
    assertFails(127, "cannot find", "/no/such/program");
  }

  @Test
  void missingCommand() {
    assertFails(127, "PATH", "nosuchprogram");
  }

  @Test
  void missingInterpreter() {
    Path script = ground.program("script", "#!/no/such/interpreter\n");

    assertFails(127, "interpreter", script.toString());
  }

  @Test
  void pathBelowAFile() {
    assertFails(127, "cannot find", ground.write("file", "") + "/program");
  }

  @Test
  void programThatTheUserMayNotExecute() {
    Path program = Ground.permit(ground.write("file", "#!/bin/sh\n"), "rwx------");
    Finished run = ground.run("--user", "nobody", program.toString()).finish().expect(126);

    assertThat(run.errLines()).hasSize(1);
  }

  @Test
  void programInTheWorkingDirectoryIsNotInThePath() {
    ground.program("tool", "#!/bin/sh\nexit 7\n");

    ground.run("tool").finish().expect(127);
    ground.run("./tool").finish().expect(7);
    ground.run("-e", "PATH=" + ground.work(), "tool").finish().expect(7);
  }

  private void assertFails(int status, String word, String program) {
    Finished run = ground.run(program).withVerdict().finish().expect(status);

    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err())
        .startsWith("holdfast: ")
        .contains("'" + program + "'")
        .containsIgnoringCase(word);
    assertThat(run.verdict().text("verdict")).isEqualTo("launch_failed");
    assertThat(run.verdict().count("exit_code")).isEqualTo(status);
    assertThat(run.verdict().has("kill.count")).isTrue();
  }
}
