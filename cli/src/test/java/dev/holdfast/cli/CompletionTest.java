package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {
  @TempDir private Path directory;

  private static String script(String shell) {
    Terminals terminals = new Terminals();
    assertThat(Main.call(new String[] {"completion", shell}, terminals.streams())).isZero();
    assertThat(terminals.err()).isEmpty();
    return terminals.out();
  }

  private Path file(String shell) throws IOException {
    return Files.writeString(directory.resolve("completion." + shell), script(shell));
  }

  /// The lines that bash prints; none but these, and no error.
  private static List<String> bash(String... arguments) throws IOException, InterruptedException {
    java.util.ArrayList<String> command = new java.util.ArrayList<>(List.of("bash"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void isAScriptThatBashUnderstands(String shell) throws Exception {
    assertThat(bash("-n", file(shell).toString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ru, run",
    "pr, prune",
    "update --d, --dry-run",
    "do, doctor",
    "--v, --version",
    "run --cpu-m, --cpu-mode",
    "run --memory-r, --memory-reservation",
    "doctor --f, --format",
    "agent --work, --work-dir",
    "completion b, bash",
    "completion z, zsh",
  })
  void completesWhatWasBegun(String line, String completed) throws Exception {
    assertThat(complete(line)).containsExactly(completed);
  }

  @Test
  void offersAllVerbsAndAllOptions() throws Exception {
    assertThat(complete("\"\""))
        .contains("run", "agent", "ps", "unpause", "doctor", "version", "completion", "--help");
    assertThat(complete("run --")).contains("--memory", "--user", "--verdict", "--help");
  }

  private List<String> complete(String line) throws IOException, InterruptedException {
    String words = "holdfast " + line;
    String call =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _holdfast;"
                .formatted(file("bash"), words)
            + " for it in \"${COMPREPLY[@]}\"; do echo \"$it\"; done";
    return bash("-c", call);
  }

  @Test
  void leavesTheFilesOfACommandToTheShell() {
    assertThat(script("bash")).contains("complete -o default -F _holdfast holdfast");
  }

  @Test
  void fishHasALineForEachVerbAndEachOption() {
    List<String> lines = script("fish").lines().toList();

    assertThat(lines).allMatch(line -> line.startsWith("complete -c holdfast -n "));
    for (Verb verb : Help.verbs()) {
      assertThat(lines)
          .filteredOn(line -> line.contains("-n __fish_use_subcommand -a " + verb.name() + " "))
          .hasSize(1);
    }
    assertThat(lines).anyMatch(line -> line.contains(" -s m -l memory -d '"));
    assertThat(lines).allMatch(line -> quotesMatch(line), "quotes match");
  }

  /// fish: within single quotes a backslash escapes a quote and itself.
  private static boolean quotesMatch(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      if (quoted && line.charAt(i) == '\\') {
        i++;
      } else if (line.charAt(i) == '\'') {
        quoted = !quoted;
      }
    }
    return !quoted;
  }
}
