package dev.holdfast.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogStreamTest {
  @TempDir Path directory;
  private final AtomicBoolean live = new AtomicBoolean();

  private Path file(String name) {
    return directory.resolve(name);
  }

  private String read(OptionalLong tail) throws IOException {
    try (LogStream stream = LogStream.open(file("stdout"), 3, false, tail, live::get)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String tail(long lines) throws IOException {
    return read(OptionalLong.of(lines));
  }

  private void append(String text) throws IOException {
    Files.writeString(file("stdout"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void rotate() throws IOException {
    Files.deleteIfExists(file("stdout.2"));
    if (Files.exists(file("stdout.1"))) {
      Files.move(file("stdout.1"), file("stdout.2"));
    }
    Files.move(file("stdout"), file("stdout.1"));
    Files.createFile(file("stdout"));
  }

  @Test
  void allFilesAreOneStream() throws Exception {
    append("one\n");
    rotate();
    append("two\nthr");
    rotate();
    append("ee\n");
    assertThat(read(OptionalLong.empty())).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void withoutAFileThereIsNothing() throws Exception {
    assertThat(read(OptionalLong.empty())).isEmpty();
    assertThat(tail(3)).isEmpty();
  }

  @Test
  void theTailCountsLinesAcrossFiles() throws Exception {
    append("one\n");
    rotate();
    append("two\nthr");
    rotate();
    append("ee\nfour");
    assertThat(tail(0)).isEmpty();
    assertThat(tail(1)).isEqualTo("four");
    assertThat(tail(2)).isEqualTo("three\nfour");
    assertThat(tail(3)).isEqualTo("two\nthree\nfour");
    assertThat(tail(4)).isEqualTo("one\ntwo\nthree\nfour");
    assertThat(tail(99)).isEqualTo("one\ntwo\nthree\nfour");
  }

  @Test
  void longLinesAreCountedOnce() throws Exception {
    String line = "x".repeat(40_000) + "\n";
    append("first\n" + line + line);
    assertThat(tail(2)).isEqualTo(line + line);
    assertThat(tail(3)).isEqualTo("first\n" + line + line);
  }

  @Test
  void followingGoesOnUntilTheRunHasEndedAndAllIsRead() throws Exception {
    live.set(true);
    append("one\n");
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (LogStream stream =
        LogStream.open(file("stdout"), 3, true, OptionalLong.empty(), live::get)) {
      byte[] bytes = new byte[100];
      int count = stream.read(bytes);
      read.write(bytes, 0, count);
      append("two\n");
      rotate();
      append("three\n");
      rotate();
      append("four\n");
      live.set(false);
      while ((count = stream.read(bytes)) >= 0) {
        read.write(bytes, 0, count);
      }
    }
    assertThat(read).hasToString("one\ntwo\nthree\nfour\n");
  }

  @Test
  void followingAFileThatIsNotThereYetWaitsForIt() throws Exception {
    live.set(true);
    try (LogStream stream =
        LogStream.open(file("stdout"), 3, true, OptionalLong.of(10), live::get)) {
      byte[] bytes = new byte[100];
      assertThat(stream.read(bytes)).isZero();
      append("one\n");
      assertThat(stream.read(bytes)).isEqualTo(4);
    }
  }

  @Test
  void readingWithoutFollowingEndsWithWhatWasThere() throws Exception {
    append("one\n");
    try (LogStream stream =
        LogStream.open(file("stdout"), 3, false, OptionalLong.empty(), live::get)) {
      append("two\n");
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("one\n");
    }
  }

  @Test
  void aLinkToAnothersFileIsNotRead() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(file("stdout"), secret);
    assertThat(read(OptionalLong.empty())).isEmpty();
    Files.delete(file("stdout"));
    Files.createLink(file("stdout"), secret);
    assertThat(read(OptionalLong.empty())).isEmpty();
  }

  @Test
  void aPipeOrDirectoryInItsPlaceHoldsNobodyUp() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", file("stdout").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    Files.createDirectory(file("stdout.1"));
    assertThat(read(OptionalLong.empty())).isEmpty();
  }

  @Test
  void closingEndsAFollower() throws Exception {
    live.set(true);
    LogStream stream = LogStream.open(file("stdout"), 3, true, OptionalLong.empty(), live::get);
    stream.close();
    assertThat(stream.read(new byte[10])).isEqualTo(-1);
  }
}
