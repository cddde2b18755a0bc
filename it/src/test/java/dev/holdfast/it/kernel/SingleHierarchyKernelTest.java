package dev.holdfast.it.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.holdfast.isolator.opening.SingleHierarchy;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Mounts;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.linux.proc.Subsystem;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mounting for real, of v1 controllers that nobody here uses.
@KernelTest
final class SingleHierarchyKernelTest {
  private static final Set<String> UNUSED = Set.of("net_cls", "net_prio", "perf_event");
  private static final ProcFs PROC = ProcFs.system();

  @TempDir Path directory;
  private Set<String> free = Set.of();
  private Path point = Path.of("/nonexistent");

  @BeforeEach
  void findFreeControllers() throws IOException {
    free = freeControllers();
    assumeFalse(free.isEmpty(), "the kernel has none of " + UNUSED + " that is free");
    point = directory.toRealPath().resolve("all");
  }

  private static Set<String> freeControllers() {
    return PROC.subsystems().stream()
        .filter(it -> it.enabled() && it.hierarchyId() == 0)
        .map(Subsystem::name)
        .filter(UNUSED::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The kernel lets go of a hierarchy some time after the last unmount.
  @AfterEach
  void unmount() {
    try {
      Mounts.unmount(point);
    } catch (LinuxException notMounted) {
      // taken back by the test
    }
    TestHost.await(free + " are free", () -> freeControllers().containsAll(free));
  }

  @Test
  void mountsTogetherWhatIsFreeAndTakesItBack() {
    SingleHierarchy made = SingleHierarchy.at(point, free, PROC);

    assertThat(made.mount().type()).isEqualTo("cgroup");
    assertThat(made.mount().superOptions()).containsAll(free);
    assertThat(point.resolve("cgroup.procs")).exists();

    made.made().orElseThrow().undo();
    assertThat(point).doesNotExist();
  }

  @Test
  void anEmptyDirectoryIsUsedAndStays() throws IOException {
    Files.createDirectory(point);
    SingleHierarchy made = SingleHierarchy.at(point, free, PROC);
    assertThat(point.resolve("tasks")).exists();

    made.made().orElseThrow().undo();
    assertThat(point).isEmptyDirectory();
  }

  @Test
  void whatIsMountedIsFoundAndNotTakenBack() {
    SingleHierarchy.at(point, free, PROC);

    SingleHierarchy found = SingleHierarchy.at(point, Set.of("anything"), PROC);

    assertThat(found.made()).isEmpty();
    assertThat(found.mount().superOptions()).containsAll(free);
  }
}
