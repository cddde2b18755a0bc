package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.PidsController;
import org.junit.jupiter.api.Test;

/// How many processes.
interface PidsContract extends Contract {
  @Test
  default void theLimitOnProcessesIsKept() {
    PidsController pids = newCgroup().pids().orElseThrow();
    assertThat(pids.limit()).isEqualTo(Limit.unlimited());
    for (long count : new long[] {0, 1, 4_194_304}) {
      pids.setLimit(Limit.at(count));
      assertThat(pids.limit()).isEqualTo(Limit.at(count));
    }
    pids.setLimit(Limit.unlimited());
    assertThat(pids.limit()).isEqualTo(Limit.unlimited());
    assertThat(pids.limitHits()).isZero();
  }

  @Test
  default void aLimitOutOfBoundsIsRefused() {
    assertBadValues(
        file(newCgroup(), Controller.PIDS, "pids.max"), "-1", "4194305", "x", "1.5", "unlimited");
  }

  @Test
  default void processesAreCountedAndALimitBelowThemIsTaken() {
    Cgroup cgroup = newCgroup();
    PidsController pids = cgroup.pids().orElseThrow();
    assertThat(pids.current()).isZero();
    int pid = environment().startSleeper(cgroup);
    assertThat(pids.current()).isEqualTo(1);
    pids.setLimit(Limit.at(0L));
    assertThat(environment().isAlive(pid)).isTrue();
    kill(cgroup, pid);
    await("the process is no longer counted", () -> pids.current() == 0);
  }
}
