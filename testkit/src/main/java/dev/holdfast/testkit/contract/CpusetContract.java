package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpusetController;
import dev.holdfast.testkit.TwoCpus;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which CPUs.
interface CpusetContract extends Contract {
  CpuSet FIRST = CpuSet.parse("0");
  CpuSet SECOND = CpuSet.parse("1");

  private static CpusetController cpuset(Cgroup cgroup) {
    return cgroup.cpuset().orElseThrow();
  }

  @Test
  default void aCreatedCgroupHasTheCpusOfItsParent() {
    CpuSet all = CpuSet.parse("0-" + (environment().cpus() - 1));
    Cgroup cgroup = newCgroup();
    assertThat(cpuset(cgroup).cpus()).isEqualTo(all);
    cpuset(cgroup).setCpus(FIRST);
    Cgroup child = cgroup.child("child");
    child.ensure();
    assertThat(cpuset(child).cpus()).isEqualTo(FIRST);
  }

  /// Where all controllers are mounted together, it shares its directory with cpuset, asked for or
  /// not.
  @Test
  default void aCgroupWithoutCpusetTakesProcesses() {
    Set<Controller> others = EnumSet.copyOf(hierarchy().controllers());
    others.remove(Controller.CPUSET);
    Cgroup cgroup = hierarchy().cgroup(environment().freshPath(), others).child("run");
    cgroup.ensure();
    for (Path directory : cgroup.directories()) {
      Path cpus = directory.resolve("cpuset.cpus");
      if (!isV2() && fs().exists(cpus)) {
        assertThat(read(cpus)).isNotEmpty();
      }
    }
    assertThat(cgroup.processes()).isEmpty();
    int pid = environment().startSleeper(cgroup);
    assertThat(cgroup.processes()).contains(pid);
  }

  @Test
  @TwoCpus
  default void cpusAreKept() {
    assumeTwoCpus();
    CpusetController cpuset = cpuset(newCgroup());
    for (String cpus : new String[] {"0", "1", "0-1"}) {
      cpuset.setCpus(CpuSet.parse(cpus));
      assertThat(cpuset.cpus()).isEqualTo(CpuSet.parse(cpus));
    }
  }

  @Test
  default void aCpuThatDoesNotExistIsRefused() {
    Path cpus = file(newCgroup(), Controller.CPUSET, "cpuset.cpus");
    assertBadValues(cpus, "8000", "0,8000", "x", "1-0", "-1", "0-");
  }

  @Test
  default void aNewDirectoryOfV1HasNoCpusAndTakesNoProcess() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    Path directory = file(cgroup, Controller.CPUSET, "raw");
    fs().makeDirectory(directory);
    assertThat(read(directory.resolve("cpuset.cpus"))).isEmpty();
    assertThat(read(directory.resolve("cpuset.mems"))).isEmpty();
    assertThatThrownBy(() -> fs().write(directory.resolve("tasks"), Integer.toString(pid)))
        .isInstanceOf(CgroupException.Unavailable.class)
        .hasMessageEndingWith("ENOSPC");
  }

  @Test
  @TwoCpus
  default void v1RefusesACpuThatTheParentLacks() {
    assumeV1();
    assumeTwoCpus();
    Cgroup cgroup = newCgroup();
    Cgroup child = cgroup.child("child");
    child.create();
    cpuset(child).setCpus(FIRST);
    cpuset(cgroup).setCpus(FIRST);
    assertThatThrownBy(() -> cpuset(child).setCpus(SECOND))
        .isInstanceOf(CgroupException.Denied.class);
    assertBusy(() -> cpuset(cgroup).setCpus(SECOND));
  }

  @Test
  @TwoCpus
  default void v2GrantsWhatTheParentHas() {
    assumeV2();
    assumeTwoCpus();
    Cgroup cgroup = newParent();
    Cgroup child = cgroup.child("child");
    child.create();
    cpuset(cgroup).setCpus(FIRST);
    cpuset(child).setCpus(CpuSet.parse("0-1"));
    assertThat(cpuset(child).cpus()).isEqualTo(FIRST);
    cpuset(child).setCpus(SECOND);
    assertThat(cpuset(child).cpus()).isEqualTo(FIRST);
  }

  @Test
  default void theEmptySetIsWrittenToo() {
    Cgroup cgroup = newCgroup();
    cpuset(cgroup).setCpus(FIRST);
    cpuset(cgroup).setCpus(CpuSet.parse(""));
    assertThat(read(file(cgroup, Controller.CPUSET, "cpuset.cpus"))).isEmpty();
  }

  @Test
  default void v1KeepsTheCpusOfACgroupWithProcesses() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    assertThatThrownBy(() -> cpuset(cgroup).setCpus(CpuSet.parse("")))
        .isInstanceOf(CgroupException.Unavailable.class)
        .hasMessageEndingWith("ENOSPC");
    assertThat(cgroup.processes()).containsExactly(pid);
  }
}
