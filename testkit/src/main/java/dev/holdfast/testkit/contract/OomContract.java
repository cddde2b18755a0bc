package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What happens at the cap, and who hears of it.
interface OomContract extends Contract {
  Bytes CAP = Bytes.ofMebibytes(16);

  private Cgroup newCapped() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = memory(cgroup);
    memory.setLimits(Limit.at(CAP), Optional.empty());
    if (isV2() && memory.memoryAndSwapLimit().isPresent()) {
      memory.setLimits(Limit.at(CAP), Optional.of(Limit.at(CAP)));
    }
    return cgroup;
  }

  private static MemoryController memory(Cgroup cgroup) {
    return cgroup.memory().orElseThrow();
  }

  private static OomControl.KillerSwitch killer(Cgroup cgroup) {
    return memory(cgroup).oom().killerSwitch().orElseThrow();
  }

  private String disabled(Cgroup cgroup) {
    return read(killer(cgroup).file()).lines().findFirst().orElse("");
  }

  @Test
  default void onlyV1HasTheKillerSwitch() {
    assertThat(memory(newCgroup()).oom().killerSwitch().isEmpty()).isEqualTo(isV2());
  }

  @Test
  default void aNewCgroupInheritsTheKillerSwitchOnce() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    assertThat(disabled(cgroup)).isEqualTo("oom_kill_disable 0");
    killer(cgroup).turnKillerOff();
    Cgroup child = cgroup.child("child");
    child.create();
    assertThat(disabled(child)).isEqualTo("oom_kill_disable 1");
    killer(cgroup).turnKillerOn();
    assertThat(disabled(cgroup)).isEqualTo("oom_kill_disable 0");
    assertThat(disabled(child)).isEqualTo("oom_kill_disable 1");
    killer(child).turnKillerOn();
    killer(child).turnKillerOn();
    assertThat(disabled(child)).isEqualTo("oom_kill_disable 0");
  }

  @Test
  default void theKillerSwitchTakesZeroAndOne() {
    assumeV1();
    assertBadValues(killer(newCgroup()).file(), "2", "-1", "x");
  }

  @Test
  default void theKillerEndsWhoRunsIntoTheCapAndTheWatchTells() {
    Cgroup cgroup = newCapped();
    MemoryController memory = memory(cgroup);
    AtomicInteger events = new AtomicInteger();
    try (CgroupFs.Watch _ = memory.oom().watch(events::incrementAndGet)) {
      int pid = environment().startEater(cgroup);
      await("the process has been killed", () -> !environment().isAlive(pid));
      await("the kill is counted", () -> memory.events().oomKills() > 0);
      await("the watch has told", () -> events.get() > 0);
      assertThat(memory.events().limitHits()).isPositive();
      assertThat(memory.events().ownOoms().isEmpty()).isEqualTo(!isV2());
    }
  }

  @Test
  default void withTheKillerOffProcessesWaitAtTheCapUntilOneIsKilled() {
    assumeV1();
    Cgroup cgroup = newCapped();
    killer(cgroup).turnKillerOff();
    AtomicInteger events = new AtomicInteger();
    try (CgroupFs.Watch _ = memory(cgroup).oom().watch(events::incrementAndGet)) {
      int pid = environment().startEater(cgroup);
      await("the watch has told", () -> events.get() > 0);
      await("the process waits", () -> killer(cgroup).underOom());
      assertThat(environment().isAlive(pid)).isTrue();
      assertThat(cgroup.processes()).containsExactly(pid);
      assertThat(memory(cgroup).events().oomKills()).isZero();
      assertThat(memory(cgroup).usage().count()).isGreaterThan(CAP.count() / 2);
      kill(cgroup, pid);
      await("nobody waits", () -> !killer(cgroup).underOom());
    }
    cgroup.remove();
  }

  @Test
  default void turningTheKillerOnEndsWhoWaits() {
    assumeV1();
    Cgroup cgroup = newCapped();
    killer(cgroup).turnKillerOff();
    int pid = environment().startEater(cgroup);
    await("the process waits", () -> killer(cgroup).underOom());
    killer(cgroup).turnKillerOn();
    await("the process has been killed", () -> !environment().isAlive(pid));
    await("nobody waits", () -> !killer(cgroup).underOom());
    assertThat(memory(cgroup).events().oomKills()).isPositive();
  }

  @Test
  default void raisingTheCapEndsTheWait() {
    assumeV1();
    Cgroup cgroup = newCapped();
    killer(cgroup).turnKillerOff();
    int pid = environment().startEater(cgroup);
    await("the process waits", () -> killer(cgroup).underOom());
    memory(cgroup).setLimits(Limit.at(Bytes.ofMebibytes(256)), Optional.empty());
    await(
        "it goes on",
        () -> !killer(cgroup).underOom() || memory(cgroup).usage().compareTo(CAP) > 0);
    kill(cgroup, pid);
  }

  @Test
  default void aWatchThatComesLateIsToldAtOnce() {
    assumeV1();
    Cgroup cgroup = newCapped();
    killer(cgroup).turnKillerOff();
    int pid = environment().startEater(cgroup);
    await("the process waits", () -> killer(cgroup).underOom());
    AtomicInteger events = new AtomicInteger();
    try (CgroupFs.Watch _ = memory(cgroup).oom().watch(events::incrementAndGet)) {
      await("the watch has told", () -> events.get() > 0);
    }
    kill(cgroup, pid);
  }

  @Test
  default void aWatchOfV1IsToldOfTheRemoval() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    AtomicInteger events = new AtomicInteger();
    try (CgroupFs.Watch _ = memory(cgroup).oom().watch(events::incrementAndGet)) {
      cgroup.remove();
      await("the watch has told", () -> events.get() > 0);
    }
  }

  @Test
  default void aClosedWatchIsSilent() {
    Cgroup cgroup = newCapped();
    AtomicInteger closedEvents = new AtomicInteger();
    AtomicInteger openEvents = new AtomicInteger();
    CgroupFs.Watch closed = memory(cgroup).oom().watch(closedEvents::incrementAndGet);
    try (CgroupFs.Watch _ = memory(cgroup).oom().watch(openEvents::incrementAndGet)) {
      closed.close();
      int pid = environment().startEater(cgroup);
      await("the open watch has told", () -> openEvents.get() > 0);
      await("the process has been killed", () -> !environment().isAlive(pid));
    }
    assertThat(closedEvents).hasValue(0);
  }

  @Test
  default void v1WatchesNothingButWhatHasEvents() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    Path events = file(cgroup, Controller.MEMORY, "cgroup.event_control");
    Path stat = file(cgroup, Controller.MEMORY, "memory.stat");
    assertThatThrownBy(() -> fs().onEvent(stat, events, () -> {}))
        .isInstanceOf(CgroupException.BadValue.class);
  }

  @Test
  default void v2KillsTogetherWhenAsked() {
    assumeV2();
    Cgroup cgroup = newCapped();
    memory(cgroup).oom().killTogether();
    int sleeper = environment().startSleeper(cgroup);
    int eater = environment().startEater(cgroup);
    await(
        "both have been killed",
        () -> !environment().isAlive(sleeper) && !environment().isAlive(eater));
    // Before Linux 5.17 it cannot be told that the one that it chose was counted twice.
    assertThat(memory(cgroup).events().oomKills())
        .isBetween(2L, environment().kernel().isAtLeast(5, 17) ? 2L : 3L);
  }

  @Test
  default void withoutBeingAskedTheKillerTakesTheLargest() {
    Cgroup cgroup = newCapped();
    int sleeper = environment().startSleeper(cgroup);
    int eater = environment().startEater(cgroup);
    await("the eater has been killed", () -> !environment().isAlive(eater));
    assertThat(environment().isAlive(sleeper)).isTrue();
    kill(cgroup, sleeper);
  }
}
