package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Caps on memory, and what is in use.
interface MemoryContract extends Contract {
  Bytes MIB_8 = Bytes.ofMebibytes(8);
  Bytes MIB_24 = Bytes.ofMebibytes(24);
  Bytes MIB_64 = Bytes.ofMebibytes(64);
  Bytes MIB_96 = Bytes.ofMebibytes(96);

  private static MemoryController memory(Cgroup cgroup) {
    return cgroup.memory().orElseThrow();
  }

  private Path limitFile(Cgroup cgroup) {
    return file(cgroup, Controller.MEMORY, isV2() ? "memory.max" : "memory.limit_in_bytes");
  }

  @Test
  default void memoryIsUnlimitedUntilItIsCappedAndAfterTheCapIsLifted() {
    MemoryController memory = memory(newCgroup());
    assertThat(memory.limit()).isEqualTo(Limit.unlimited());
    memory.setLimits(Limit.at(MIB_64), Optional.empty());
    assertThat(memory.limit()).isEqualTo(Limit.at(MIB_64));
    memory.setLimits(Limit.unlimited(), Optional.empty());
    assertThat(memory.limit()).isEqualTo(Limit.unlimited());
  }

  @Test
  default void aCapIsRoundedDownToPages() {
    MemoryController memory = memory(newCgroup());
    memory.setLimits(Limit.at(new Bytes(MIB_64.count() + 1)), Optional.empty());
    assertThat(memory.limit()).isEqualTo(Limit.at(MIB_64));
  }

  @Test
  default void aCapMayHaveASuffixAndNoOtherText() {
    Path file = limitFile(newCgroup());
    assertKept(file, "64m", MIB_64.format());
    assertKept(file, "1G", Bytes.ofMebibytes(1024).format());
    assertKept(file, "524292k", Long.toString(524_292L << 10));
    assertBadValues(file, "x", "-5", "1.5g", "1 g");
  }

  @Test
  default void theCapsOnMemoryAndSwapGoUpAndDownTogether() {
    MemoryController memory = memory(newCgroup());
    assumeTrue(memory.memoryAndSwapLimit().isPresent(), "the kernel does not count swap");
    for (Bytes bytes : new Bytes[] {MIB_64, MIB_96, MIB_24, MIB_64}) {
      memory.setLimits(Limit.at(bytes), Optional.of(Limit.at(bytes)));
      assertThat(memory.limit()).isEqualTo(Limit.at(bytes));
      assertThat(memory.memoryAndSwapLimit()).contains(Limit.at(bytes));
    }
    memory.setLimits(Limit.at(MIB_64), Optional.of(Limit.at(MIB_96)));
    assertThat(memory.memoryAndSwapLimit()).contains(Limit.at(MIB_96));
    memory.setLimits(Limit.unlimited(), Optional.of(Limit.unlimited()));
    assertThat(memory.limit()).isEqualTo(Limit.unlimited());
    assertThat(memory.memoryAndSwapLimit()).contains(Limit.unlimited());
  }

  @Test
  default void v1RefusesMoreMemoryThanMemoryAndSwap() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    assumeTrue(memory(cgroup).memoryAndSwapLimit().isPresent(), "the kernel does not count swap");
    memory(cgroup).setLimits(Limit.at(MIB_64), Optional.of(Limit.at(MIB_64)));
    assertBadValues(limitFile(cgroup), "65m", "-1");
    assertBadValues(file(cgroup, Controller.MEMORY, "memory.memsw.limit_in_bytes"), "63m", "0");
    assertThatThrownBy(() -> memory(cgroup).setLimits(Limit.at(MIB_96), Optional.empty()))
        .isInstanceOf(CgroupException.BadValue.class);
  }

  @Test
  default void usageAndPeakFollowTheProcesses() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = memory(cgroup);
    int pid = environment().startHolder(cgroup, MIB_24);
    await("it holds 24 MiB", () -> memory.usage().compareTo(MIB_24) >= 0);
    await("24 MiB are anonymous", () -> memory.stat().anon() >= MIB_24.count());
    assertThat(memory.peak())
        .hasValueSatisfying(it -> assertThat(it).isGreaterThanOrEqualTo(MIB_24));
    assertThat(memory.usageWithSwap()).isGreaterThanOrEqualTo(MIB_24);
    kill(cgroup, pid);
    await("its memory is free", () -> memory.usageWithSwap().compareTo(MIB_8) < 0);
    assertThat(memory.peak())
        .hasValueSatisfying(it -> assertThat(it).isGreaterThanOrEqualTo(MIB_24));
  }

  @Test
  default void aCapBelowWhatIsHeldIsBusyAndHarmsNobody() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = memory(cgroup);
    memory.setLimits(Limit.at(MIB_64), noSwap(memory, MIB_64));
    int pid = environment().startHolder(cgroup, MIB_24);
    await("it holds 24 MiB", () -> memory.usage().compareTo(MIB_24) >= 0);
    assertBusy(() -> memory.setLimits(Limit.at(MIB_8), noSwap(memory, MIB_8)));
    assertThat(environment().isAlive(pid)).isTrue();
    assertThat(memory.events().oomKills()).isZero();
    assertThat(memory.limit()).isEqualTo(Limit.at(MIB_64));
  }

  /// Without it the kernel could make room by swapping.
  private static Optional<Limit<Bytes>> noSwap(MemoryController memory, Bytes cap) {
    return memory.memoryAndSwapLimit().map(_ -> Limit.at(cap));
  }

  /// The reason why [MemoryController#setLimits] looks before it writes on v2.
  @Test
  default void v2KillsWhatDoesNotFitBelowACap() {
    assumeV2();
    Cgroup cgroup = newCgroup();
    MemoryController memory = memory(cgroup);
    memory.setLimits(Limit.at(MIB_64), noSwap(memory, MIB_64));
    int pid = environment().startHolder(cgroup, MIB_24);
    await("it holds 24 MiB", () -> memory.usage().compareTo(MIB_24) >= 0);
    fs().write(limitFile(cgroup), MIB_8.format());
    await("the OOM killer has made room", () -> memory.events().oomKills() > 0);
    await("the process has ended", () -> !environment().isAlive(pid));
  }

  @Test
  default void v2ReclaimsAboveAGoalUntilItIsTakenBack() {
    assumeV2();
    Cgroup cgroup = newCgroup();
    Path high = file(cgroup, Controller.MEMORY, "memory.high");
    assertThat(read(high)).isEqualTo("max");
    memory(cgroup).reclaimAbove(Limit.at(MIB_24));
    assertThat(read(high)).isEqualTo(MIB_24.format());
    memory(cgroup).reclaimAbove(Limit.unlimited());
    assertThat(read(high)).isEqualTo("max");
  }

  @Test
  default void whatCannotBeReclaimedForAGoalStaysAndHarmsNobody() {
    Cgroup cgroup = newCgroup();
    MemoryController memory = memory(cgroup);
    memory.setLimits(Limit.at(MIB_64), noSwap(memory, MIB_64));
    int pid = environment().startHolder(cgroup, MIB_24);
    await("24 MiB are anonymous", () -> memory.stat().anon() >= MIB_24.count());
    memory.reclaimAbove(Limit.at(MIB_8));
    assertThat(memory.stat().anon()).isGreaterThanOrEqualTo(MIB_24.count());
    assertThat(environment().isAlive(pid)).isTrue();
    assertThat(memory.events().oomKills()).isZero();
    assertThat(memory.limit()).isEqualTo(Limit.at(MIB_64));
  }

  @Test
  default void theReservationIsKept() {
    assumeTrue(
        isV2() || !environment().kernel().isAtLeast(7, 0),
        "Linux 7 takes any soft limit of v1 and keeps none");
    MemoryController memory = memory(newCgroup());
    memory.setReservation(MIB_24);
    assertThat(memory.reservation()).isEqualTo(MIB_24);
  }

  @Test
  default void aNewCgroupHasMetNoLimit() {
    MemoryController.Events events = memory(newCgroup()).events();
    assertThat(events.limitHits()).isZero();
    assertThat(events.oomKills()).isZero();
  }
}
