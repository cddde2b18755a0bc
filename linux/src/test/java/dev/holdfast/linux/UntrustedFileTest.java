package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UntrustedFileTest {
  @TempDir Path directory;

  @Test
  void aRegularFileIsReadFromAnyPlace() throws Exception {
    Path path = Files.writeString(directory.resolve("file"), "hello");
    try (UntrustedFile file = UntrustedFile.open(path).orElseThrow()) {
      byte[] bytes = new byte[10];
      assertThat(file.size()).isEqualTo(5);
      assertThat(file.read(bytes, 1, 9, 2)).isEqualTo(3);
      assertThat(new String(bytes, 1, 3, StandardCharsets.UTF_8)).isEqualTo("llo");
      assertThat(file.read(bytes, 0, 10, 5)).isZero();
    }
  }

  @Test
  void itIsTheSameFileUnderAnotherName() throws Exception {
    Path path = Files.writeString(directory.resolve("file"), "hello");
    try (UntrustedFile before = UntrustedFile.open(path).orElseThrow()) {
      Path moved = Files.move(path, directory.resolve("moved"));
      Files.writeString(path, "another");
      try (UntrustedFile after = UntrustedFile.open(moved).orElseThrow();
          UntrustedFile another = UntrustedFile.open(path).orElseThrow()) {
        assertThat(after.identity()).isEqualTo(before.identity());
        assertThat(another.identity()).isNotEqualTo(before.identity());
      }
    }
  }

  @Test
  void nothingElseIsOpened() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "secret");
    Files.createSymbolicLink(directory.resolve("link"), target);
    Files.createDirectory(directory.resolve("directory"));
    assertThat(new ProcessBuilder("mkfifo", directory.resolve("pipe").toString()).start().waitFor())
        .isZero();
    for (String name : new String[] {"none", "link", "directory", "pipe"}) {
      assertThat(UntrustedFile.open(directory.resolve(name))).as(name).isEmpty();
    }
    Files.createLink(directory.resolve("second"), target);
    assertThat(UntrustedFile.open(target)).isEmpty();
  }
}
