package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Local files, and those that hadoop's client brings.
final class OtherSourcesTest {
  @TempDir private Path directory;

  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = new Sandbox(Files.createDirectory(directory.resolve("sandbox")));
  }

  private void hadoop(Path home, String script) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path program = Files.writeString(bin.resolve("hadoop"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Job.Item hdfs(String name) {
    return Sandbox.item(Job.Source.HADOOP, name, "hdfs://name-node:9000/dir/" + name);
  }

  private static final String COPY =
      "[ \"$1 $2\" = 'fs -copyToLocal' ] && [ $# = 4 ] && printf '%s' \"$3\" >\"$4\"\n";

  @Test
  void aLocalFileIsCopied() throws Exception {
    Path file = Files.writeString(directory.resolve("data"), "text");

    sandbox.fetch(Sandbox.file(file));

    assertThat(sandbox.text("data")).isEqualTo("text");
    assertThat(file).hasContent("text");
  }

  @Test
  void whatIsNoRegularFileIsRefused() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(fifo)))
        .hasMessage("it is not a regular file");
    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(directory)))
        .hasMessage("it is a directory");
    assertThatThrownBy(() -> sandbox.fetch(Sandbox.file(directory.resolve("none"))))
        .hasMessage("no such file or directory");
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void aFileWithoutASizeIsReadToItsEnd() throws Exception {
    sandbox.fetch(Sandbox.file(Path.of("/proc/version")));

    assertThat(sandbox.text("version")).startsWith("Linux");
  }

  @Test
  void theOperatorsHadoopIsFirstThenTheEnvironmentsThenThePaths() throws Exception {
    hadoop(directory.resolve("flag"), COPY + "printf ' by flag' >>\"$4\"\n");
    hadoop(directory.resolve("variable"), COPY + "printf ' by variable' >>\"$4\"\n");
    hadoop(directory.resolve("path"), COPY + "printf ' by path' >>\"$4\"\n");

    sandbox.environment.put("PATH", "relative:" + directory.resolve("path/bin"));
    sandbox.fetch(hdfs("a"));
    sandbox.environment.put("HADOOP_HOME", directory.resolve("variable").toString());
    sandbox.fetch(hdfs("b"));
    sandbox.hadoopHome = Optional.of(directory.resolve("flag"));
    sandbox.fetch(hdfs("c"));

    assertThat(sandbox.text("a")).isEqualTo("hdfs://name-node:9000/dir/a by path");
    assertThat(sandbox.text("b")).isEqualTo("hdfs://name-node:9000/dir/b by variable");
    assertThat(sandbox.text("c")).isEqualTo("hdfs://name-node:9000/dir/c by flag");
    assertThat(sandbox.names()).containsExactly("a", "b", "c");
  }

  @Test
  void noShellReadsANameOfHadoops() throws Exception {
    hadoop(directory.resolve("home"), COPY);
    sandbox.hadoopHome = Optional.of(directory.resolve("home"));
    String name = "a; touch evil; $(touch evil) `touch evil` && b";

    sandbox.fetch(hdfs(name));

    assertThat(sandbox.names()).containsExactly(name);
  }

  @Test
  void whatHadoopSaysLastIsTheReason() throws Exception {
    hadoop(directory.resolve("home"), "echo log >&2; echo 'no such file' >&2; exit 3\n");
    sandbox.hadoopHome = Optional.of(directory.resolve("home"));

    assertThatThrownBy(() -> sandbox.fetch(hdfs("a")))
        .hasMessage("hadoop ended with 3: no such file");
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void withoutHadoopItIsSaidHowToHaveIt() throws Exception {
    assertThatThrownBy(() -> sandbox.fetch(hdfs("a")))
        .hasMessageContaining("there is no hadoop in the PATH");
    sandbox.hadoopHome = Optional.of(directory.resolve("nowhere"));
    assertThatThrownBy(() -> sandbox.fetch(hdfs("a"))).hasMessageStartingWith("cannot call hadoop");
  }

  @Test
  void aHadoopThatBringsNothingHasFailed() throws Exception {
    hadoop(directory.resolve("home"), "exit 0\n");
    sandbox.hadoopHome = Optional.of(directory.resolve("home"));

    assertThatThrownBy(() -> sandbox.fetch(hdfs("a"))).hasMessage("hadoop brought no file");
  }
}
