package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static List<String> candidates(String program) {
    return Launch.candidates(
        ExecutorSpec.builder(new ExecutorId("f", "e"), List.of(program, "arg")).build());
  }

  private static List<String> candidates(String program, String path) {
    return Launch.candidates(
        ExecutorSpec.builder(new ExecutorId("f", "e"), List.of(program))
            .environment("PATH", path)
            .build());
  }

  @Test
  void aProgramWithASlashIsTakenAsItIs() {
    assertThat(candidates("/bin/ls", "/usr/bin")).containsExactly("/bin/ls");
    assertThat(candidates("./x", "/usr/bin")).containsExactly("./x");
    assertThat(candidates("a/b", "/usr/bin")).containsExactly("a/b");
  }

  @Test
  void aProgramWithoutOneIsLookedUpInTheRunsOwnPath() {
    assertThat(candidates("ls", "/a:/b")).containsExactly("/a/ls", "/b/ls");
  }

  @Test
  void withoutAPathThereIsTheDefaultOfExecvp() {
    assertThat(candidates("ls")).containsExactly("/bin/ls", "/usr/bin/ls");
  }

  @Test
  void anEmptyPlaceOfThePathIsTheWorkingDirectory() {
    assertThat(candidates("ls", "")).containsExactly("ls");
    assertThat(candidates("ls", ":/a")).containsExactly("ls", "/a/ls");
    assertThat(candidates("ls", "/a:")).containsExactly("/a/ls", "ls");
    assertThat(candidates("ls", "/a::/b")).containsExactly("/a/ls", "ls", "/b/ls");
  }

  @Test
  void aPlaceOfThePathMayBeRelativeOrEndWithASlash() {
    assertThat(candidates("ls", "bin:/a/")).containsExactly("bin/ls", "/a//ls");
  }
}
