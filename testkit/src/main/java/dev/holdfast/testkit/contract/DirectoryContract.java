package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// mkdir, rmdir, listing, and the control files that come and go with a directory.
interface DirectoryContract extends Contract {
  @Test
  default void aNewDirectoryHasItsControlFiles() {
    for (Path directory : newCgroup().directories()) {
      assertThat(fs().exists(directory)).isTrue();
      assertThat(fs().exists(directory.resolve("cgroup.procs"))).isTrue();
      assertThat(read(directory.resolve("cgroup.procs"))).isEmpty();
    }
  }

  @Test
  default void mkdirOfWhatIsThereIsBusy() {
    for (Path directory : newCgroup().directories()) {
      assertBusy(() -> fs().makeDirectory(directory));
      assertBusy(() -> fs().makeDirectory(directory.resolve("cgroup.procs")));
    }
  }

  @Test
  default void mkdirBelowNothingIsNotFound() {
    for (Path directory : newCgroup().directories()) {
      assertNotFound(() -> fs().makeDirectory(directory.resolve("nothing/below")));
    }
  }

  @Test
  default void rmdirOfNothingIsNotFound() {
    for (Path directory : newCgroup().directories()) {
      assertNotFound(() -> fs().removeDirectory(directory.resolve("nothing")));
    }
  }

  @Test
  default void rmdirWithAChildIsBusy() {
    for (Path directory : newCgroup().directories()) {
      Path child = directory.resolve("child");
      fs().makeDirectory(child);
      assertBusy(() -> fs().removeDirectory(directory));
      fs().removeDirectory(child);
      fs().removeDirectory(directory);
      assertThat(fs().exists(directory)).isFalse();
    }
  }

  @Test
  default void rmdirWithAProcessIsBusyUntilItHasGone() {
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    for (Path directory : cgroup.directories()) {
      assertBusy(() -> fs().removeDirectory(directory));
    }
    kill(cgroup, pid);
    for (Path directory : cgroup.directories()) {
      fs().removeDirectory(directory);
    }
  }

  @Test
  default void rmdirOfTheRootIsBusy() {
    assertBusy(() -> fs().removeDirectory(mount(Controller.CPU)));
  }

  @Test
  default void childrenAreTheDirectoriesBelow() {
    for (Path directory : newCgroup().directories()) {
      assertThat(fs().children(directory)).isEmpty();
      fs().makeDirectory(directory.resolve("one"));
      fs().makeDirectory(directory.resolve("two"));
      assertThat(fs().children(directory)).containsExactlyInAnyOrder("one", "two");
      assertNotFound(() -> fs().children(directory.resolve("nothing")));
    }
  }

  @Test
  default void anUnknownControlIsNotFoundAndNotMade() {
    for (Path directory : newCgroup().directories()) {
      Path unknown = directory.resolve("cpu.nothing");
      assertNotFound(() -> fs().read(unknown));
      assertNotFound(() -> fs().write(unknown, "1"));
      assertNotFound(() -> fs().write(unknown, ""));
      assertNotFound(() -> fs().onModification(unknown, () -> {}));
      assertThat(fs().exists(unknown)).isFalse();
    }
  }

  @Test
  default void theControlsGoWithTheDirectory() {
    Cgroup cgroup = newCgroup();
    cgroup.remove();
    for (Path directory : cgroup.directories()) {
      assertNotFound(() -> fs().read(directory.resolve("cgroup.procs")));
      assertNotFound(() -> fs().write(directory.resolve("cgroup.procs"), "1"));
    }
  }

  @Test
  default void aControlThatOnlyTellsRefusesAnyValue() {
    assertBadValues(file(newCgroup(), Controller.CPU, "cpu.stat"), "0", "1");
  }

  /// `write(2)` of nothing does not reach the control: a silent no to who wanted to clear it.
  @Test
  default void anEmptyWriteChangesNothing() {
    Path limit = file(newCgroup(), Controller.PIDS, "pids.max");
    fs().write(limit, "7");
    fs().write(limit, "");
    assertThat(read(limit)).isEqualTo("7");
  }

  @Test
  default void aRefusalNamesTheOperationThePathAndTheErrno() {
    Path file = file(newCgroup(), Controller.PIDS, "pids.max");
    assertThatThrownBy(() -> fs().write(file, "many"))
        .isInstanceOf(CgroupException.class)
        .hasMessage("write 'many' to " + file + ": EINVAL")
        .extracting(it -> ((CgroupException) it).path())
        .isEqualTo(file);
  }
}
