package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.isolator.Credentials;
import dev.holdfast.isolator.Identity;
import dev.holdfast.linux.ByteText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunEnvironmentTest {
  private static final String NO_SUCH_VARIABLE = "HOLDFAST_TEST_NO_SUCH_VARIABLE";

  @TempDir private Path directory;

  private static Map<String, String> variables(String... settings) {
    return variables(Optional.empty(), List.of(), settings);
  }

  private static Map<String, String> variables(
      Optional<Identity> identity, List<String> files, String... settings) {
    return new RunEnvironment(identity, files, List.of(settings)).variables();
  }

  private String file(String... lines) throws IOException {
    Path file = Files.createTempFile(directory, "env", ".list");
    Files.writeString(file, String.join("\n", lines));
    return file.toString();
  }

  private Map<String, String> fromFile(String... lines) throws IOException {
    return variables(Optional.empty(), List.of(file(lines)));
  }

  /// A variable of this process that a run would not get otherwise.
  private static Map.Entry<String, String> ofTheCaller() {
    Map<String, String> usual = variables();
    return System.getenv().entrySet().stream()
        .filter(it -> !usual.containsKey(it.getKey()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothingOfTheCallerLeaks() {
    assertThat(variables().keySet()).isSubsetOf("PATH", "HOME", "USER", "LOGNAME", "TERM");
    assertThat(variables())
        .containsEntry("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .containsEntry("USER", "root")
        .containsEntry("LOGNAME", "root")
        .doesNotContainKey(ofTheCaller().getKey());
  }

  @Test
  void anotherUserHasItsOwnHomeNameAndShell() {
    Identity identity = Identity.parse("nobody");

    assertThat(variables(Optional.of(identity), List.of()))
        .containsEntry("HOME", identity.home().orElseThrow())
        .containsEntry("USER", "nobody")
        .containsEntry("LOGNAME", "nobody")
        .containsEntry("SHELL", identity.shell().orElseThrow());
  }

  @Test
  void aNumberWithoutAUserHasNeitherNameNorTheCallersHome() {
    Identity number = new Identity(new Credentials(4711, 4711, List.of(4711)), Optional.empty());

    assertThat(variables(Optional.of(number), List.of()))
        .containsEntry("HOME", "/")
        .doesNotContainKeys("USER", "LOGNAME", "SHELL");
  }

  @Test
  void aSettingIsNameAndValue() {
    assertThat(variables("A=1", "B=", "C=x=y", "D= spaced "))
        .containsEntry("A", "1")
        .containsEntry("B", "")
        .containsEntry("C", "x=y")
        .containsEntry("D", " spaced ");
  }

  @Test
  void aNameAloneCopiesTheCallersValue() {
    Map.Entry<String, String> variable = ofTheCaller();

    assertThat(variables(variable.getKey())).containsEntry(variable.getKey(), variable.getValue());
    assertThat(variables(NO_SUCH_VARIABLE)).doesNotContainKey(NO_SUCH_VARIABLE);
  }

  @Test
  void theLastOfTwoSettingsCounts() {
    assertThat(variables("A=1", "A=2")).containsEntry("A", "2");
    assertThat(variables("PATH=/x", "HOME=/y"))
        .containsEntry("PATH", "/x")
        .containsEntry("HOME", "/y");
  }

  @Test
  void settingsCountMoreThanFilesAndFilesMoreThanTheUsual() throws IOException {
    String first = file("A=file1", "B=file1", "PATH=/file1");
    String second = file("B=file2");

    assertThat(variables(Optional.empty(), List.of(first, second), "A=setting"))
        .containsEntry("A", "setting")
        .containsEntry("B", "file2")
        .containsEntry("PATH", "/file1");
  }

  @Test
  void aFileHasOneVariableALine() throws IOException {
    Map.Entry<String, String> variable = ofTheCaller();
    assertThat(
            fromFile(
                "# a comment",
                "",
                "   ",
                "A=1",
                "  B=2",
                "C=has # no comment",
                "  # another comment",
                "D=\"quotes stay\"",
                "E=ends with a space ",
                variable.getKey(),
                NO_SUCH_VARIABLE))
        .containsEntry("A", "1")
        .containsEntry("B", "2")
        .containsEntry("C", "has # no comment")
        .containsEntry("D", "\"quotes stay\"")
        .containsEntry("E", "ends with a space ")
        .containsEntry(variable.getKey(), variable.getValue())
        .doesNotContainKeys(NO_SUCH_VARIABLE, "# a comment", "#", "");
  }

  @Test
  void aFileMayHaveTheLineEndsOfAnotherSystem() throws IOException {
    Path file = directory.resolve("dos");
    Files.writeString(file, "A=1\r\nB=2\r\n");

    assertThat(variables(Optional.empty(), List.of(file.toString())))
        .containsEntry("A", "1")
        .containsEntry("B", "2");
  }

  /// Variables are bytes to the kernel, and need not be UTF-8.
  @Test
  void aFileKeepsItsBytes() throws IOException {
    Path latin1 = directory.resolve("latin1");
    byte[] bytes = "A=\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(latin1, bytes);

    String value = variables(Optional.empty(), List.of(latin1.toString())).getOrDefault("A", "");

    assertThat(ByteText.encode("A=" + value)).isEqualTo(bytes);
  }

  @Test
  void anEmptyFileIsNoMistake() throws IOException {
    assertThat(fromFile("")).isEqualTo(variables());
  }

  @Test
  void aLineWithoutANameIsNamedWithItsFile() throws IOException {
    String file = file("A=1", "=x");

    assertThatThrownBy(() -> variables(Optional.empty(), List.of(file)))
        .isInstanceOf(UsageException.class)
        .hasMessage("--env-file " + file + ": '=x' is not K=V or K");
  }

  @Test
  void aSettingWithoutANameIsRefused() {
    for (String setting : List.of("", "=", "=x")) {
      assertThatThrownBy(() -> variables(setting))
          .isInstanceOf(UsageException.class)
          .hasMessage("--env: '" + setting + "' is not K=V or K");
    }
  }

  @Test
  void aFileThatCannotBeReadIsExplained() throws IOException {
    assertThatThrownBy(() -> variables(Optional.empty(), List.of("/nonexistent/f")))
        .isInstanceOf(UsageException.class)
        .hasMessage("--env-file: cannot read /nonexistent/f: no such file");
    assertThatThrownBy(() -> variables(Optional.empty(), List.of(directory.toString())))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--env-file: cannot read " + directory + ": ");
  }
}
