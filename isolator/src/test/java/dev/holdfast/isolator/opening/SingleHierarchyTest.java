package dev.holdfast.isolator.opening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs no mount: every refusal comes before one, and a mount that fails leaves nothing. The
/// mount table and the list of controllers are texts here, the directories are real.
class SingleHierarchyTest {
  private static final String CGROUPS =
      """
      #subsys_name	hierarchy	num_cgroups	enabled
      cpuset	0	1	1
      cpu	3	14	1
      cpuacct	3	14	1
      memory	0	1	0
      freezer	9	1	1
      """;

  @TempDir Path directory;
  private Path proc;

  @BeforeEach
  void makeProc() throws IOException {
    directory = directory.toRealPath();
    proc = Files.createDirectories(directory.resolve("proc"));
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(proc.resolve("cgroups"), CGROUPS);
    mounts("30 1 0:25 / /there rw - cgroup cgroup rw,cpu,cpuacct");
  }

  private void mounts(String... lines) throws IOException {
    Files.write(proc.resolve("self/mountinfo"), List.of(lines));
  }

  private SingleHierarchy at(Path path, String... controllers) {
    return SingleHierarchy.at(path, new LinkedHashSet<>(List.of(controllers)), new ProcFs(proc));
  }

  private void assertRefused(Path path, String why, String... controllers) {
    assertThatThrownBy(() -> at(path, controllers))
        .isInstanceOf(IsolatorException.class)
        .message()
        .contains(why)
        .doesNotContain("\n");
  }

  @Test
  void whatIsMountedIsUsed() throws IOException {
    Path point = Files.createDirectory(directory.resolve("all"));
    mounts("30 1 0:25 / " + point + " rw - cgroup all rw,cpu,memory");

    SingleHierarchy found = at(point, "cpu");

    assertThat(found.mount().superOptions()).contains("cpu", "memory");
    assertThat(found.made()).isEmpty();
  }

  @Test
  void aLinkToAMountIsFollowed() throws IOException {
    Path point = Files.createDirectory(directory.resolve("all"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), point);
    mounts("30 1 0:25 / " + point + " rw - cgroup2 all rw");

    assertThat(at(link, "cpu").mount().mountPoint()).isEqualTo(point);
  }

  @Test
  void theLastMountOnAPointHidesTheOthers() throws IOException {
    Path point = Files.createDirectory(directory.resolve("all"));
    mounts(
        "30 1 0:25 / " + point + " rw - cgroup all rw,cpu",
        "31 30 0:26 / " + point + " rw - tmpfs none rw");

    assertRefused(point, "a tmpfs is mounted at " + point, "cpu");
  }

  @Test
  void unknownDisabledAndBusyControllersAreNamedTogether() {
    Path point = directory.resolve("new");

    assertRefused(
        point,
        "the kernel has no controller 'floppy' for cgroup v1; the controller memory is disabled:"
            + " boot without cgroup_disable; the controller cpu is busy: it is mounted at /there;"
            + " the controller freezer is busy: it is in a hierarchy that is mounted elsewhere",
        "cpuset",
        "floppy",
        "memory",
        "cpu",
        "freezer");
    assertThat(point).doesNotExist();
  }

  @Test
  void aDirectoryWithFilesIsNotMountedOver() throws IOException {
    Path point = Files.createDirectory(directory.resolve("full"));
    Files.createFile(point.resolve("file"));

    assertRefused(point, "cannot mount cgroups at " + point + ": it is not empty", "cpuset");
  }

  @Test
  void aFileIsNotMountedOver() throws IOException {
    Path point = Files.createFile(directory.resolve("file"));

    assertRefused(point, "cannot mount cgroups at " + point + ": it is not a directory", "cpuset");
  }

  @Test
  void aDirectoryIsNotMadeWithItsParents() {
    Path point = directory.resolve("no/such");

    assertRefused(point, directory.resolve("no") + " does not exist", "cpuset");
    assertThat(directory.resolve("no")).doesNotExist();
  }

  /// The kernel knows better than the text here, or we are not root: either way it refuses.
  @Test
  void aMountThatFailsLeavesNoDirectory() throws IOException {
    Files.writeString(proc.resolve("cgroups"), CGROUPS + "floppy\t0\t1\t1\n");
    Path point = directory.resolve("new");

    assertRefused(point, "cannot mount cgroups with cpuset,floppy at " + point, "cpuset", "floppy");
    assertThat(point).doesNotExist();
  }

  @Test
  void aMountThatFailsLeavesTheDirectoryThatWasThere() throws IOException {
    Files.writeString(proc.resolve("cgroups"), CGROUPS + "floppy\t0\t1\t1\n");
    Path point = Files.createDirectory(directory.resolve("empty"));

    assertRefused(point, "cannot mount cgroups with floppy at " + point, "floppy");
    assertThat(point).isEmptyDirectory();
  }
}
