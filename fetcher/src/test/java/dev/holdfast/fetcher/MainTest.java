package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program as the isolator starts it: a process that is told by its stdin and tells by its
/// stdout.
final class MainTest {
  @TempDir private Path directory;

  private record Ended(int code, List<String> lines) {}

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("jdk.module.path", "")
                + File.pathSeparator
                + System.getProperty("java.class.path"),
            Main.class.getName())
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private Ended run(String... lines) throws Exception {
    Process process = start();
    tell(process, lines);
    return end(process);
  }

  private static void tell(Process process, String... lines) throws IOException {
    process
        .getOutputStream()
        .write((String.join("\n", lines) + "\nend\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  private static Ended end(Process process) throws Exception {
    List<String> said = new ArrayList<>();
    try (BufferedReader reader = process.inputReader()) {
      reader.lines().forEach(said::add);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  @Test
  void itSaysWhenItIsDone() throws Exception {
    Path file = Files.writeString(directory.resolve("source"), "text");

    Ended end = run("file\tFILE\tfalse\ttrue\t-\tcopy\t" + file);

    assertThat(end.lines().getLast()).isEqualTo("done");
    assertThat(end.code()).isZero();
    assertThat(directory.resolve("copy")).hasContent("text");
  }

  @Test
  void itsLastWordIsTheReason() throws Exception {
    Ended end =
        run(
            "file\tFILE\tfalse\ttrue\t-\tversion\t/proc/version",
            "file\tFILE\tfalse\ttrue\t-\tnone\t/nowhere/none");

    assertThat(end.lines().getLast()).isEqualTo("failed\t1\tno such file or directory");
    assertThat(end.code()).isEqualTo(1);
    assertThat(directory.resolve("version")).exists();
  }

  @Test
  void aStalledServerIsLeftAndNothingUnfinishedStays() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(connection -> {
          String _ = connection.request();
          connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
          connection.stall();
        })) {
      Ended end = run("stall-millis\t5000", "file\tHTTP\tfalse\ttrue\t-\tf\t" + server.uri("/f"));

      assertThat(end.lines().getLast()).isEqualTo("failed\t0\tno byte came for 5 s");
      assertThat(end.code()).isEqualTo(1);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aServerThatNeverAnswersIsLeft() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::stall)) {
      Ended end = run("stall-millis\t5000", "file\tHTTP\tfalse\ttrue\t-\tf\t" + server.uri("/f"));

      assertThat(end.lines().getLast()).isEqualTo("failed\t0\tno byte came for 5 s");
    }
  }

  @Test
  void atSigtermItRemovesWhatIsUnfinished() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(connection -> {
          String _ = connection.request();
          connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
          connection.stall();
        })) {
      Process process = start();
      tell(process, "file\tHTTP\tfalse\ttrue\t-\tf\t" + server.uri("/f"));
      BufferedReader said = process.inputReader();
      String line = said.readLine();
      while (line != null && !line.equals("fetch\t0\t5\t100")) {
        line = said.readLine();
      }
      assertThat(directory).isNotEmptyDirectory();

      process.destroy();

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whatCannotBeWrittenIsTold() throws Exception {
    Ended end = run("file\tFILE\tfalse\ttrue\t-\ta/b\t/proc/version");

    assertThat(end.lines().getLast()).startsWith("failed\t0\t");
  }
}
