package dev.holdfast.cgroup.host;

import static dev.holdfast.cgroup.Controller.CPU;
import static dev.holdfast.cgroup.Controller.CPUACCT;
import static dev.holdfast.cgroup.Controller.CPUSET;
import static dev.holdfast.cgroup.Controller.FREEZER;
import static dev.holdfast.cgroup.Controller.IO;
import static dev.holdfast.cgroup.Controller.MEMORY;
import static dev.holdfast.cgroup.Controller.PIDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.Mount;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Mount tables: `v1-split`, `hybrid-split`, `v1-in-one`, `v2` as recorded on Linux 6.18 and 7.2,
/// less the mounts that matter nothing; those of systemd after hosts of their kind.
final class LayoutTest {
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");
  private static final KernelVersion NEW = new KernelVersion(6, 18);
  private static final CgroupPath RUN = CgroupPath.parse("holdfast/run");

  /// The cgroup2 mount's offer.
  private static final TextFs V2_FS =
      new TextFs(
          Map.of(CGROUP.resolve("cgroup.controllers"), "cpuset cpu io memory hugetlb pids rdma\n"));

  private static Layout detect(String mountinfo, KernelVersion kernel) {
    return CgroupHost.detect(Mount.parseAll(text(mountinfo)), V2_FS, kernel);
  }

  private static String text(String name) {
    try (InputStream file =
        Objects.requireNonNull(LayoutTest.class.getResourceAsStream("/mountinfo/" + name), name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<Controller, Path> split() {
    return Map.of(
        CPU, CGROUP.resolve("cpu"),
        CPUACCT, CGROUP.resolve("cpuacct"),
        CPUSET, CGROUP.resolve("cpuset"),
        MEMORY, CGROUP.resolve("memory"),
        PIDS, CGROUP.resolve("pids"),
        FREEZER, CGROUP.resolve("freezer"));
  }

  private static Map<Controller, Path> systemd() {
    return Map.of(
        CPU, CGROUP.resolve("cpu,cpuacct"),
        CPUACCT, CGROUP.resolve("cpu,cpuacct"),
        CPUSET, CGROUP.resolve("cpuset"),
        MEMORY, CGROUP.resolve("memory"),
        PIDS, CGROUP.resolve("pids"),
        FREEZER, CGROUP.resolve("freezer"));
  }

  @Test
  void oneHierarchyForEachController() {
    assertThat(detect("v1-split", NEW)).isEqualTo(new Layout.V1(split()));
  }

  @Test
  void controllersThatShareAHierarchyShareItsPath() {
    assertThat(detect("systemd-v1", NEW)).isEqualTo(new Layout.V1(systemd()));
  }

  @Test
  void allInOneHierarchy() {
    Path all = CGROUP.resolve("all");
    assertThat(detect("v1-in-one", NEW))
        .isEqualTo(
            new Layout.V1(
                Map.of(CPU, all, CPUACCT, all, CPUSET, all, MEMORY, all, PIDS, all, FREEZER, all)));
  }

  @Test
  void aCgroup2TreeBesideV1IsHybrid() {
    Path unified = CGROUP.resolve("unified");
    assertThat(detect("systemd-hybrid", NEW)).isEqualTo(new Layout.Hybrid(systemd(), unified));
    assertThat(detect("hybrid-split", NEW)).isEqualTo(new Layout.Hybrid(split(), unified));
  }

  @Test
  void aCgroup2TreeThatCannotKillDoesNotCount() {
    assertThat(detect("systemd-hybrid", new KernelVersion(5, 13)))
        .isEqualTo(new Layout.V1(systemd()));
    assertThat(detect("systemd-hybrid", new KernelVersion(5, 14)))
        .isInstanceOf(Layout.Hybrid.class);
    assertThat(detect("systemd-hybrid", new KernelVersion(4, 19))).isInstanceOf(Layout.V1.class);
  }

  @Test
  void v2AloneWithTheControllersThatItOffers() {
    Layout v2 = new Layout.V2(CGROUP, EnumSet.of(CPUSET, CPU, IO, MEMORY, PIDS));
    assertThat(detect("v2", NEW)).isEqualTo(v2);
    assertThat(detect("systemd-v2", NEW)).isEqualTo(v2);
    assertThat(detect("systemd-v2", new KernelVersion(5, 4))).isEqualTo(v2);
  }

  @Test
  void hierarchiesWithoutOurControllersDoNotMakeItV1() {
    TextFs fs = new TextFs(Map.of(CGROUP.resolve("unified/cgroup.controllers"), "cpu memory\n"));
    assertThat(CgroupHost.detect(Mount.parseAll(text("v2-beside-a-named-hierarchy")), fs, NEW))
        .isEqualTo(new Layout.V2(CGROUP.resolve("unified"), EnumSet.of(CPU, MEMORY)));
  }

  @Test
  void aV2TreeMayOfferNothing() {
    TextFs fs = new TextFs(Map.of(CGROUP.resolve("cgroup.controllers"), "\n"));
    assertThat(CgroupHost.detect(Mount.parseAll(text("v2")), fs, NEW))
        .isEqualTo(new Layout.V2(CGROUP, Set.of()));
  }

  @Test
  void noCgroupFileSystemIsNoHierarchy() {
    assertThat(detect("none", NEW)).isEqualTo(new Layout.None());
    assertThat(CgroupHost.detect(List.of(), V2_FS, NEW)).isEqualTo(new Layout.None());
    assertThat(CgroupHost.hierarchy(new Layout.None(), V2_FS)).isEmpty();
  }

  @Test
  void aLogicalCgroupIsADirectoryInEachTreeOnce() {
    assertThat(directories("v1-split"))
        .containsExactlyInAnyOrder(
            CGROUP.resolve("cpu/holdfast/run"),
            CGROUP.resolve("cpuacct/holdfast/run"),
            CGROUP.resolve("cpuset/holdfast/run"),
            CGROUP.resolve("memory/holdfast/run"),
            CGROUP.resolve("pids/holdfast/run"),
            CGROUP.resolve("freezer/holdfast/run"));
    assertThat(directories("v1-in-one")).containsExactly(CGROUP.resolve("all/holdfast/run"));
    assertThat(directories("v2")).containsExactly(CGROUP.resolve("holdfast/run"));
  }

  /// The cgroup2 tree freezes there, and better.
  @Test
  void aHybridHostNeedsNoV1Freezer() {
    assertThat(directories("systemd-hybrid"))
        .containsExactlyInAnyOrder(
            CGROUP.resolve("cpu,cpuacct/holdfast/run"),
            CGROUP.resolve("cpuset/holdfast/run"),
            CGROUP.resolve("memory/holdfast/run"),
            CGROUP.resolve("pids/holdfast/run"),
            CGROUP.resolve("unified/holdfast/run"))
        .last()
        .isEqualTo(CGROUP.resolve("unified/holdfast/run"));
  }

  private static List<Path> directories(String mountinfo) {
    Hierarchy hierarchy = hierarchy(mountinfo);
    return hierarchy.cgroup(RUN, hierarchy.controllers()).directories();
  }

  private static Hierarchy hierarchy(String mountinfo) {
    return CgroupHost.hierarchy(detect(mountinfo, NEW), V2_FS).orElseThrow();
  }

  @Test
  void everyLayoutHereHasAllOurControllers() {
    for (String name : List.of("v1-split", "v1-in-one", "systemd-hybrid", "systemd-v2")) {
      Set<Controller> all = EnumSet.allOf(Controller.class);
      if (!name.equals("systemd-v2")) {
        all.remove(IO); // v1 has blkio
      }
      assertThat(hierarchy(name).controllers()).as(name).isEqualTo(all);
    }
  }

  @Test
  void whatWasNotAskedForIsAbsent() {
    for (String name : List.of("v1-split", "systemd-hybrid", "systemd-v2")) {
      Cgroup cgroup = hierarchy(name).cgroup(RUN, EnumSet.of(CPU, MEMORY));
      assertThat(cgroup.cpu()).as(name).isPresent();
      assertThat(cgroup.memory()).as(name).isPresent();
      assertThat(cgroup.cpuset()).as(name).isEmpty();
      assertThat(cgroup.pids()).as(name).isEmpty();
      assertThat(cgroup.child("x").path()).hasToString("holdfast/run/x");
    }
  }

  @Test
  void aControllerThatIsNotThereIsRefused() {
    Hierarchy bare =
        CgroupHost.hierarchy(new Layout.V1(Map.of(CPU, CGROUP.resolve("cpu"))), V2_FS)
            .orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bare.cgroup(RUN, EnumSet.of(CPU, MEMORY)))
        .withMessage("no hierarchy has the controller memory");
    Hierarchy v2 =
        CgroupHost.hierarchy(new Layout.V2(CGROUP, EnumSet.of(CPU)), V2_FS).orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> v2.cgroup(RUN, EnumSet.of(MEMORY)))
        .withMessage("the cgroup2 tree has no controller memory");
    assertThat(v2.controllers()).containsExactlyInAnyOrder(CPU, CPUACCT, FREEZER);
  }

  @Test
  void v1AloneNeedsTheFreezerToFreeze() {
    Cgroup without = hierarchy("v1-split").cgroup(RUN, EnumSet.of(CPU));
    assertThat(without.freezer()).isEmpty();
    assertThat(without.killFile()).isEmpty();
    Cgroup with = hierarchy("v1-split").cgroup(RUN, EnumSet.of(FREEZER));
    assertThat(with.freezer()).isPresent();
    Cgroup hybrid = hierarchy("systemd-hybrid").cgroup(RUN, EnumSet.of(CPU));
    assertThat(hybrid.freezer()).isPresent();
    assertThat(hybrid.killFile()).contains(CGROUP.resolve("unified/holdfast/run/cgroup.kill"));
  }

  @Test
  void theFileBehindEachThingIsWhereTheLayoutHasIt() {
    assertThat(Control.MEMORY_LIMIT.locate(detect("v1-split", NEW), RUN))
        .contains(CGROUP.resolve("memory/holdfast/run/memory.limit_in_bytes"));
    assertThat(Control.MEMORY_LIMIT.locate(detect("systemd-v2", NEW), RUN))
        .contains(CGROUP.resolve("holdfast/run/memory.max"));
    assertThat(Control.KILL.locate(detect("v1-split", NEW), RUN)).isEmpty();
    assertThat(Control.KILL.locate(detect("systemd-hybrid", NEW), RUN))
        .contains(CGROUP.resolve("unified/holdfast/run/cgroup.kill"));
    assertThat(Control.FREEZE.locate(detect("v1-split", NEW), RUN))
        .contains(CGROUP.resolve("freezer/holdfast/run/freezer.state"));
    assertThat(Control.KILL.locate(new Layout.None(), RUN)).isEmpty();
  }
}
