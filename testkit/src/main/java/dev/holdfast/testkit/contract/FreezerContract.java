package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.host.Layout;
import org.junit.jupiter.api.Test;

/// Stopping and resuming a whole cgroup.
interface FreezerContract extends Contract {
  private static Freezer freezer(Cgroup cgroup) {
    return cgroup.freezer().orElseThrow();
  }

  @Test
  default void freezeStopsAndThawResumes() {
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    assertThat(freezer(cgroup).isFrozen()).isFalse();
    freezer(cgroup).freeze();
    await("it is frozen", () -> freezer(cgroup).isFrozen());
    freezer(cgroup).freeze();
    freezer(cgroup).thaw();
    await("it is thawed", () -> !freezer(cgroup).isFrozen());
    freezer(cgroup).thaw();
    kill(cgroup, pid);
  }

  @Test
  default void anEmptyCgroupFreezesToo() {
    Cgroup cgroup = newCgroup();
    freezer(cgroup).freeze();
    await("it is frozen", () -> freezer(cgroup).isFrozen());
    freezer(cgroup).thaw();
  }

  @Test
  default void whatIsBelowFreezesToo() {
    Cgroup parent = newParent();
    Cgroup child = parent.child("child");
    child.create();
    int pid = environment().startSleeper(child);
    freezer(parent).freeze();
    await("the child is frozen", () -> freezer(child).isFrozen());
    freezer(child).thaw();
    assertThat(freezer(child).isFrozen()).isTrue();
    Cgroup born = parent.child("born");
    born.create();
    await("the newborn is frozen", () -> freezer(born).isFrozen());
    freezer(parent).thaw();
    await("the child is thawed", () -> !freezer(child).isFrozen());
    kill(child, pid);
  }

  @Test
  default void whatV1FrozeDiesWhenItIsThawed() {
    assumeTrue(
        environment().layout() instanceof Layout.V1, "not for this layout: it is for v1 alone");
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    freezer(cgroup).freeze();
    await("it is frozen", () -> freezer(cgroup).isFrozen());
    environment().kill(pid);
    assertThat(cgroup.processes()).containsExactly(pid);
    assertThat(environment().isAlive(pid)).isTrue();
    assertBusy(cgroup::remove);
    freezer(cgroup).thaw();
    await("it is dead", () -> !environment().isAlive(pid));
    await("it has gone", () -> cgroup.processes().isEmpty());
  }

  @Test
  default void whatACgroup2TreeFrozeCanBeKilled() {
    assumeUnified();
    Cgroup cgroup = newCgroup();
    int pid = environment().startSleeper(cgroup);
    freezer(cgroup).freeze();
    await("it is frozen", () -> freezer(cgroup).isFrozen());
    environment().kill(pid);
    await("it is dead", () -> !environment().isAlive(pid));
    await("it has gone", () -> cgroup.processes().isEmpty());
    freezer(cgroup).thaw();
  }

  @Test
  default void anyOtherWordIsRefused() {
    assertBadValues(freezer(newCgroup()).file(), "2", "FREEZING", "frozen", "x");
  }
}
