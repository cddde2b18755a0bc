package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyTest {
  @TempDir Path directory;

  private final Inotify inotify = new Inotify();

  @AfterEach
  void close() {
    inotify.close();
  }

  private Path file(String name) throws Exception {
    return Files.createFile(directory.resolve(name));
  }

  @Test
  void oneTellsWhichOfManyFilesHasChanged() throws Exception {
    Path first = file("first");
    Path second = file("second");
    int ofFirst = inotify.watchModifications(first);
    int ofSecond = inotify.watchModifications(second);
    assertThat(inotify.watchModifications(first)).as("one number a file").isEqualTo(ofFirst);
    assertThat(inotify.drain()).isEqualTo(new Inotify.Changes(Set.of(), false));

    Files.writeString(second, "x");
    assertThat(inotify.drain()).isEqualTo(new Inotify.Changes(Set.of(ofSecond), false));
    Files.writeString(first, "x");
    Files.writeString(second, "y");
    assertThat(inotify.drain().watches()).containsExactlyInAnyOrder(ofFirst, ofSecond);
  }

  @Test
  void aFileThatIsNotWatchedAnyMoreIsSilent() throws Exception {
    Path file = file("file");
    int watch = inotify.watchModifications(file);

    inotify.unwatch(watch);
    inotify.unwatch(watch);
    assertThat(inotify.drain().watches()).as("its end").containsExactly(watch);

    Files.writeString(file, "x");
    assertThat(inotify.drain()).isEqualTo(new Inotify.Changes(Set.of(), false));
  }

  @Test
  void aFileThatGoesHasChanged() throws Exception {
    Path file = file("file");
    int watch = inotify.watchModifications(file);

    Files.delete(file);

    assertThat(inotify.drain().watches()).containsExactly(watch);
    inotify.unwatch(watch);
  }

  @Test
  void whatIsNotThereCannotBeWatched() {
    assertThatThrownBy(() -> inotify.watchModifications(directory.resolve("none")))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
  }
}
