package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFileTest {
  @TempDir Path directory;

  @Test
  void readsAFileThatIsLongerThanOneBuffer() throws Exception {
    String text = "0123456789abcdef\n".repeat(5000);
    Path file = Files.writeString(directory.resolve("long"), text);

    assertThat(ControlFile.read(file)).isEqualTo(text);
  }

  @Test
  void readsNoMoreThanTheLimit() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "0123456789");

    assertThat(ControlFile.readBytes(file, 4)).isEqualTo(new byte[] {'0', '1', '2', '3'});
  }

  @Test
  void neverCreates() {
    Path file = directory.resolve("absent");

    assertThatThrownBy(() -> ControlFile.write(file, "1"))
        .isInstanceOfSatisfying(
            LinuxException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.ENOENT);
              assertThat(e).hasMessage("open '" + file + "': ENOENT");
            });
    assertThat(file).doesNotExist();
  }

  @Test
  void neverTruncates() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "12345");

    ControlFile.write(file, "ab");

    assertThat(file).hasContent("ab345");
  }

  @Test
  void writesNoNewline() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    ControlFile.write(file, "max");

    assertThat(Files.readAllBytes(file)).isEqualTo(new byte[] {'m', 'a', 'x'});
  }

  @Test
  void reportsTheErrnoOfTheKernel() {
    assertThatThrownBy(() -> ControlFile.write(Path.of("/proc/sys/kernel/ostype"), "x"))
        .isInstanceOf(LinuxException.class)
        .hasMessageMatching("(open|write) '/proc/sys/kernel/ostype': (EACCES|EPERM|EINVAL)");
    assertThatThrownBy(() -> ControlFile.read(directory))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EISDIR));
  }

  @Test
  void readsAKeptFileAgainAsItIsNow() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "one");
    try (ControlFile kept = ControlFile.open(file)) {
      assertThat(text(kept)).isEqualTo("one");

      Files.writeString(file, "other");

      assertThat(text(kept)).isEqualTo("other");
    }
  }

  private static String text(ControlFile file) {
    byte[] bytes = new byte[16];
    return new String(bytes, 0, file.readAgain(bytes), StandardCharsets.UTF_8);
  }

  @Test
  void aClosedFileIsNotReadAgain() throws Exception {
    ControlFile kept = ControlFile.open(Files.createFile(directory.resolve("file")));
    kept.close();
    kept.close();

    assertThatThrownBy(() -> kept.readAgain(new byte[16]))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesAPathThatNoKernelWouldTake() {
    Path path = Path.of("/" + "x/".repeat(10_000));

    assertThatThrownBy(() -> ControlFile.read(path))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG));
  }

  @Test
  void takesNamesBeyondAscii() throws Exception {
    Path file = Files.writeString(directory.resolve("größe"), "42");

    assertThat(ControlFile.read(file)).isEqualTo("42");
  }
}
