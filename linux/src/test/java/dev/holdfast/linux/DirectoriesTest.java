package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
  @TempDir Path directory;

  @Test
  void makesWithTheModeGiven() throws Exception {
    Path made = directory.resolve("made");

    Directories.make(made, 0700);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
  }

  @Test
  void makingTwiceSaysSo() {
    Path made = directory.resolve("made");
    Directories.make(made, 0700);

    assertThatThrownBy(() -> Directories.make(made, 0700))
        .hasMessage("mkdir '" + made + "': EEXIST");
  }

  @Test
  void removesOnlyWhatIsEmpty() {
    Path made = directory.resolve("made");
    Directories.make(made, 0700);
    Directories.make(made.resolve("below"), 0700);

    assertThatThrownBy(() -> Directories.remove(made))
        .hasMessage("rmdir '" + made + "': ENOTEMPTY");

    Directories.remove(made.resolve("below"));
    Directories.remove(made);
    assertThat(made).doesNotExist();
  }

  @Test
  void listsDirectoriesAndNothingElse() throws Exception {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      // More than one getdents64(2) can return.
      String name = "a-rather-long-name-" + i;
      Directories.make(directory.resolve(name), 0700);
      made.add(name);
    }
    Files.createFile(directory.resolve("file"));
    Files.createSymbolicLink(directory.resolve("link"), directory);

    assertThat(Directories.subdirectories(directory)).containsExactlyInAnyOrderElementsOf(made);
  }

  @Test
  void listingWhatIsNotThereSaysSo() {
    assertThatThrownBy(() -> Directories.subdirectories(directory.resolve("absent")))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }
}
