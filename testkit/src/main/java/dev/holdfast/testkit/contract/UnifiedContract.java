package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.host.Layout;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What a cgroup2 tree offers, with or without controllers, and v2's rules.
interface UnifiedContract extends Contract {
  /// A cgroup that has all controllers and lends none.
  private Cgroup newBare() {
    Cgroup parent = hierarchy().cgroup(environment().freshPath(), hierarchy().controllers());
    parent.ensure();
    return parent;
  }

  private Path subtree(Cgroup cgroup) {
    return unifiedDirectory(cgroup).resolve("cgroup.subtree_control");
  }

  @Test
  default void killAllEndsTheWholeTree() {
    assumeUnified();
    Cgroup parent = newParent();
    Cgroup child = parent.child("child");
    Cgroup other = parent.child("other");
    child.create();
    other.create();
    int first = environment().startSleeper(child);
    int second = environment().startSleeper(child);
    int spared = environment().startSleeper(other);
    child.killAll();
    await("both are dead", () -> !environment().isAlive(first) && !environment().isAlive(second));
    assertThat(environment().isAlive(spared)).isTrue();
    parent.killAll();
    await("all are dead", () -> !environment().isAlive(spared));
    await("all have gone", () -> parent.processes().isEmpty());
    parent.remove();
  }

  @Test
  default void theKillFileTakesNothingButOne() {
    assumeUnified();
    Path file = newCgroup().killFile().orElseThrow();
    for (String value : new String[] {"0", "2", "x"}) {
      assertThatThrownBy(() -> fs().write(file, value))
          .isInstanceOf(CgroupException.BadValue.class);
    }
    assertThatThrownBy(() -> fs().read(file)).isInstanceOf(CgroupException.BadValue.class);
    fs().write(file, "1");
  }

  @Test
  default void theEventsFileTellsWhenTheLastProcessHasGone() {
    assumeUnified();
    Cgroup cgroup = newCgroup();
    Cgroup.Population population = cgroup.population().orElseThrow();
    assertThat(population.isPopulated()).isFalse();
    int pid = environment().startSleeper(cgroup);
    assertThat(population.isPopulated()).isTrue();
    assertThat(population.processes()).containsExactly(pid);
    AtomicInteger modifications = new AtomicInteger();
    try (CgroupFs.Watch _ = population.watch(modifications::incrementAndGet)) {
      kill(cgroup, pid);
      await("nobody is left", () -> !population.isPopulated());
      await("the watch has told", () -> modifications.get() > 0);
    }
    cgroup.remove();
    assertNotFound(population::isPopulated);
  }

  @Test
  default void withoutACgroup2TreeNobodyTellsOfProcesses() {
    assumeV1();
    assumeTrue(!(environment().layout() instanceof Layout.Hybrid), "not for this layout");
    assertThat(newCgroup().population()).isEmpty();
  }

  @Test
  default void whereNoCgroupMoreFitsNothingIsMadeAndNothingClaimed() {
    assumeUnified();
    Cgroup parent = newParent();
    fs().write(unifiedDirectory(parent).resolve("cgroup.max.descendants"), "1");
    Cgroup cgroup = parent.child("run");
    assertBusy(cgroup::create);
    assertThat(cgroup.exists()).isFalse();
    assertBusy(cgroup::ensure);
    assertThat(fs().exists(unifiedDirectory(cgroup))).isFalse();
    fs().write(unifiedDirectory(parent).resolve("cgroup.max.descendants"), "max");
    cgroup.ensure();
    assertThat(cgroup.directories()).allMatch(fs()::exists);
  }

  /// A workload may make such cgroups below its own.
  @Test
  default void aThreadedCgroupBelowHidesNoProcess() {
    assumeUnified();
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    Path threaded = unifiedDirectory(cgroup).resolve("threaded");
    fs().makeDirectory(threaded);
    fs().write(threaded.resolve("cgroup.type"), "threaded");
    assertThat(read(threaded.resolve("cgroup.type"))).isEqualTo("threaded");
    assertThat(read(unifiedDirectory(cgroup).resolve("cgroup.type"))).isEqualTo("domain threaded");
    assertThatThrownBy(() -> fs().read(threaded.resolve("cgroup.procs")))
        .isInstanceOf(CgroupException.BadValue.class)
        .hasMessageEndingWith("EOPNOTSUPP");
    assertThat(cgroup.processes()).containsExactly(pid);
    kill(cgroup, pid);
    cgroup.remove();
    assertThat(cgroup.exists()).isFalse();
  }

  @Test
  default void aWriteIsAModification() {
    Path file = file(newCgroup(), Controller.PIDS, "pids.max");
    AtomicInteger modifications = new AtomicInteger();
    try (CgroupFs.Watch _ = fs().onModification(file, modifications::incrementAndGet)) {
      fs().write(file, "7");
      await("the watch has told", () -> modifications.get() > 0);
    }
  }

  @Test
  default void aNewCgroupKnowsNoPressure() {
    assumeUnified();
    Cgroup cgroup = newCgroup();
    for (Pressure.Resource resource : Pressure.Resource.values()) {
      cgroup.pressure(resource).ifPresent(it -> assertThat(it.someAvg10()).isZero());
    }
  }

  @Test
  default void aControllerComesAndGoesByTheParentsWord() {
    assumeV2();
    Cgroup parent = newBare();
    Cgroup child = parent.child("child");
    child.create();
    Path limit = unifiedDirectory(child).resolve("memory.max");
    assertNotFound(() -> fs().read(limit));
    fs().write(subtree(parent), "+memory +pids");
    assertThat(read(subtree(parent))).isEqualTo("memory pids");
    assertThat(read(unifiedDirectory(child).resolve("cgroup.controllers")))
        .isEqualTo("memory pids");
    assertKept(limit, "8388608", "8388608");
    fs().write(subtree(parent), "-memory");
    assertNotFound(() -> fs().read(limit));
    fs().write(subtree(parent), "+memory");
    assertThat(read(limit)).isEqualTo("max");
  }

  @Test
  default void aControllerThatIsNotToBeHadIsRefused() {
    assumeV2();
    Cgroup parent = newBare();
    Cgroup child = parent.child("child");
    child.create();
    assertNotFound(() -> fs().write(subtree(child), "+memory"));
    assertBadValues(subtree(child), "+nothing", "memory", "++cpu");
    fs().write(subtree(parent), "+memory");
    fs().write(subtree(child), "+memory");
    assertBusy(() -> fs().write(subtree(parent), "-memory"));
  }

  @Test
  default void aPopulatedCgroupGivesNoDomainControllerAway() {
    assumeV2();
    Cgroup parent = newBare();
    int pid = environment().startSleeper(parent);
    assertBusy(() -> fs().write(subtree(parent), "+memory"));
    assertBusy(() -> parent.child("child").ensure());
    kill(parent, pid);
    fs().write(subtree(parent), "+memory");
  }

  @Test
  default void aCgroupThatGivesControllersAwayTakesNoProcess() {
    assumeV2();
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    Cgroup parent = hierarchy().cgroup(cgroup.path().parent().orElseThrow(), Set.of());
    assertBusy(
        () -> fs().write(unifiedDirectory(parent).resolve("cgroup.procs"), Integer.toString(pid)));
    assertThat(cgroup.processes()).containsExactly(pid);
  }

  /// A trap: no refusal, but the children are good for nothing.
  @Test
  default void aPopulatedCgroupThatGivesThreadedControllersAwaySpoilsItsChildren() {
    assumeV2();
    Cgroup parent = newBare();
    Cgroup child = parent.child("child");
    child.create();
    int pid = environment().startSleeper(parent);
    fs().write(subtree(parent), "+cpu");
    assertThat(read(unifiedDirectory(child).resolve("cgroup.type"))).isEqualTo("domain invalid");
    Path processes = unifiedDirectory(child).resolve("cgroup.procs");
    assertThatThrownBy(() -> fs().write(processes, Integer.toString(pid)))
        .isInstanceOf(CgroupException.BadValue.class)
        .hasMessageEndingWith("EOPNOTSUPP");
    kill(parent, pid);
    assertThat(read(unifiedDirectory(child).resolve("cgroup.type"))).isEqualTo("domain");
  }
}
