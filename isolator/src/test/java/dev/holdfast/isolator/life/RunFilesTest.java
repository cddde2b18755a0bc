package dev.holdfast.isolator.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.WaitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFilesTest {
  private static final String PIDS = "launcher 1234 567890\nleader 1235 567891\n";

  private static final String STATUS =
      """
      wait_status 1792
      ended_realtime_ns 1767225605000000007
      started_realtime_ns 1767225600000000001
      took_ns 5000000006
      utime_us 12
      stime_us 34
      maxrss_kb 5678
      minflt 9
      majflt 0
      inblock 0
      oublock 0
      nvcsw 1
      nivcsw 2
      log_dropped_bytes 123
      """;

  @TempDir private Path directory;

  private void write(String file, byte[] bytes) throws IOException {
    Files.write(directory.resolve(file), bytes);
  }

  private RunFiles read(String pids, String status) throws IOException {
    write("pids", pids.getBytes(UTF_8));
    write("status", status.getBytes(UTF_8));
    return RunFiles.read(directory);
  }

  @Test
  void whatTheLauncherHasWrittenIsRead() throws Exception {
    RunFiles files = read(PIDS, STATUS);

    assertThat(files.pids()).contains(new RunFiles.Pids(1234, 567890, 1235, 567891));
    assertThat(files.ended())
        .contains(
            new RunFiles.Ended(
                new WaitStatus(7 << 8),
                Instant.parse("2026-01-01T00:00:05.000000007Z"),
                Instant.parse("2026-01-01T00:00:00.000000001Z"),
                Duration.ofSeconds(5, 6)));
  }

  @Test
  void withoutFilesAndWithoutTheirDirectoryBothAreAbsent() {
    RunFiles nothing = new RunFiles(Optional.empty(), Optional.empty());

    assertThat(RunFiles.read(directory)).isEqualTo(nothing);
    assertThat(RunFiles.read(directory.resolve("none"))).isEqualTo(nothing);
  }

  @Test
  void aFileThatIsTornAnywhereIsAbsent() throws Exception {
    byte[] pids = PIDS.getBytes(UTF_8);
    byte[] status = STATUS.getBytes(UTF_8);
    for (int length = 0; length < pids.length; length++) {
      write("pids", Arrays.copyOf(pids, length));
      assertThat(RunFiles.read(directory).pids()).as("%s bytes", length).isEmpty();
    }
    for (int length = 0; length < status.length; length++) {
      write("status", Arrays.copyOf(status, length));
      assertThat(RunFiles.read(directory).ended()).as("%s bytes", length).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "\0\0\0\0\n",
        "launcher 1234 567890\n",
        "leader 1235 567891\n",
        "launcher 0 1\nleader 2 3\n",
        "launcher -7 1\nleader 2 3\n",
        "launcher 1 1\nleader 99999999999999999999 3\n",
        "launcher 1  1\nleader 2 3\n",
        "launcher 1 1\nleader 2 3\n\n",
        "launcher 1 1\nleader 2 three\n",
      })
  void pidsOfAnotherFormAreAbsent(String text) throws Exception {
    assertThat(read(text, STATUS).pids()).isEmpty();
    assertThat(read(text, STATUS).ended()).as("the other file").isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "wait_status\n",
        "log_dropped_bytes 0\n",
        "wait_status 0\nlog_dropped_bytes 0\n",
        "wait_status 99999999999\nended_realtime_ns 1\nlog_dropped_bytes 0\n",
        "wait_status x\nended_realtime_ns 1\nlog_dropped_bytes 0\n",
        // it has not ended
        "wait_status 0\nended_realtime_ns 0\nlog_dropped_bytes 0\n",
        "wait_status 0\nended_realtime_ns -5\nlog_dropped_bytes 0\n",
      })
  void aStatusOfAnotherFormIsAbsent(String text) throws Exception {
    assertThat(read(PIDS, text).ended()).isEmpty();
    assertThat(read(PIDS, text).pids()).as("the other file").isPresent();
  }

  @Test
  void bytesThatAreNoTextAreAbsent() throws Exception {
    byte[] bytes = (PIDS + "\n").getBytes(UTF_8);
    bytes[bytes.length - 2] = (byte) 0xff;
    write("pids", bytes);
    write("status", bytes);

    assertThat(RunFiles.read(directory))
        .isEqualTo(new RunFiles(Optional.empty(), Optional.empty()));
  }

  /// A launcher of a later Holdfast may tell more, that of an earlier one tells less.
  @Test
  void aStatusOfAnotherVersionIsRead() throws Exception {
    String later = STATUS.replace("log_dropped_bytes", "something_new 5\nlog_dropped_bytes");
    assertThat(read(PIDS, later).ended()).isEqualTo(read(PIDS, STATUS).ended());

    String earlier = "wait_status 15\nended_realtime_ns 2000000000\nlog_dropped_bytes 0\n";
    assertThat(read(PIDS, earlier).ended())
        .contains(
            new RunFiles.Ended(
                new WaitStatus(15),
                Instant.ofEpochSecond(2),
                Instant.ofEpochSecond(2),
                Duration.ZERO));
  }

  @Test
  void aDirectoryInTheirPlaceIsAbsent() throws Exception {
    Files.createDirectory(directory.resolve("pids"));
    Files.createDirectory(directory.resolve("status"));

    assertThat(RunFiles.read(directory))
        .isEqualTo(new RunFiles(Optional.empty(), Optional.empty()));
  }
}
