package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A [Cgroup] as one thing, in however many directories.
interface TreeContract extends Contract {
  @Test
  default void createMakesEveryDirectory() {
    Cgroup cgroup = newParent().child("run");
    assertThat(cgroup.exists()).isFalse();
    assertThat(cgroup.missing()).containsExactlyElementsOf(cgroup.directories());
    cgroup.create();
    assertThat(cgroup.exists()).isTrue();
    assertThat(cgroup.missing()).isEmpty();
    assertThat(cgroup.directories()).allMatch(fs()::exists);
  }

  @Test
  default void createOfWhatIsThereIsBusyAndLeavesItThere() {
    Cgroup cgroup = newCgroup();
    assertBusy(cgroup::create);
    assertThat(cgroup.directories()).allMatch(fs()::exists);
  }

  @Test
  default void createTakesBackWhatItMade() {
    Cgroup cgroup = newParent().child("run");
    List<Path> directories = cgroup.directories();
    fs().makeDirectory(directories.getLast());
    assertBusy(cgroup::create);
    assertThat(directories.subList(0, directories.size() - 1)).noneMatch(fs()::exists);
  }

  @Test
  default void createBelowNothingIsNotFound() {
    Cgroup cgroup = newParent().child("nothing").child("run");
    assertNotFound(cgroup::create);
    assertThat(cgroup.exists()).isFalse();
  }

  @Test
  default void ensureMakesAllAboveLendsItsControllersAndCanBeRepeated() {
    Cgroup cgroup = newParent().child("middle").child("run");
    cgroup.ensure();
    cgroup.ensure();
    assertThat(cgroup.directories()).allMatch(fs()::exists);
    assertThat(cgroup.memory().orElseThrow().limit().value()).isEmpty();
    assertThat(cgroup.cpu().orElseThrow().bandwidth().value()).isEmpty();
    assertThat(cgroup.pids().orElseThrow().limit().value()).isEmpty();
  }

  @Test
  default void removeUnusedLeavesWhatIsUsed() {
    Cgroup parent = newParent();
    Cgroup cgroup = parent.child("run");
    cgroup.create();
    int pid = environment().startSleeper(cgroup);
    parent.removeUnused();
    cgroup.removeUnused();
    assertThat(cgroup.directories()).allMatch(fs()::exists);
    kill(cgroup, pid);
    cgroup.removeUnused();
    cgroup.removeUnused();
    assertThat(cgroup.exists()).isFalse();
    assertThat(parent.exists()).isTrue();
  }

  @Test
  default void removeTakesTheChildrenFirstAndCanBeRepeated() {
    Cgroup cgroup = newCgroup();
    for (Path directory : cgroup.directories()) {
      fs().makeDirectory(directory.resolve("nested"));
      fs().makeDirectory(directory.resolve("nested/deeper"));
      fs().makeDirectory(directory.resolve("other"));
    }
    cgroup.remove();
    assertThat(cgroup.exists()).isFalse();
    assertThat(cgroup.directories()).noneMatch(fs()::exists);
    cgroup.remove();
  }

  @Test
  default void removeOfAHalfIsSuccess() {
    Cgroup cgroup = newCgroup();
    fs().removeDirectory(cgroup.directories().getFirst());
    cgroup.remove();
    assertThat(cgroup.exists()).isFalse();
  }

  @Test
  default void removeIsBusyWhileAProcessIsInIt() {
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    assertBusy(cgroup::remove);
    kill(cgroup, pid);
    cgroup.remove();
    assertThat(cgroup.exists()).isFalse();
  }

  @Test
  default void childrenAreThoseInAnyOfItsDirectories() {
    Cgroup cgroup = newCgroup();
    assertThat(cgroup.children()).isEmpty();
    List<Path> directories = cgroup.directories();
    fs().makeDirectory(directories.getFirst().resolve("first"));
    fs().makeDirectory(directories.getLast().resolve("last"));
    assertThat(cgroup.children()).containsExactly("first", "last");
    cgroup.remove();
    assertThat(cgroup.children()).isEmpty();
  }

  @Test
  default void processesAreThoseOfItAndBelow() {
    Cgroup parent = newParent();
    Cgroup one = parent.child("one");
    Cgroup two = parent.child("two");
    one.create();
    two.create();
    int first = environment().startSleeper(one);
    int second = environment().startSleeper(two);
    assertThat(one.processes()).containsExactly(first);
    assertThat(two.processes()).containsExactly(second);
    assertThat(parent.processes()).containsExactlyInAnyOrder(first, second);
    kill(one, first);
    assertThat(parent.processes()).containsExactly(second);
  }

  @Test
  default void aCgroupThatHasGoneHasNoProcesses() {
    assertThat(newParent().child("nothing").processes()).isEmpty();
  }

  @Test
  default void aProcessEntersEveryDirectory() {
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    for (Path directory : cgroup.directories()) {
      assertThat(read(directory.resolve("cgroup.procs"))).isEqualTo(Integer.toString(pid));
    }
    for (Path tasks : cgroup.entry().tasksFiles()) {
      assertThat(read(tasks)).isEqualTo(Integer.toString(pid));
    }
    assertThat(
            cgroup.entry().tasksFiles().size() + (cgroup.entry().cloneInto().isPresent() ? 1 : 0))
        .isEqualTo(cgroup.directories().size());
  }

  @Test
  default void aPidThatIsWrittenMoves() {
    Cgroup parent = newParent();
    Cgroup from = parent.child("from");
    Cgroup to = parent.child("to");
    from.create();
    to.create();
    int pid = environment().startSleeper(from);
    for (Path directory : to.directories()) {
      fs().write(directory.resolve("cgroup.procs"), Integer.toString(pid));
    }
    assertThat(from.processes()).isEmpty();
    assertThat(to.processes()).containsExactly(pid);
  }

  @Test
  default void aPidThatIsNobodysIsRefused() {
    for (Path directory : newCgroup().directories()) {
      Path processes = directory.resolve("cgroup.procs");
      assertThatThrownBy(() -> fs().write(processes, "99999999"))
          .isInstanceOf(CgroupException.Unavailable.class)
          .hasMessageEndingWith("ESRCH");
      assertBadValues(processes, "-1", "x", "0x");
    }
  }
}
