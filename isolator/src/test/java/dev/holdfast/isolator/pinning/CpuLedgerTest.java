package dev.holdfast.isolator.pinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.linux.proc.Cpu;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CpuLedgerTest {
  /// Two sockets of two cores of two threads, numbered as the kernel does: first one thread of each
  /// core, sockets in turn.
  private static final List<Cpu> EIGHT =
      List.of(
          new Cpu(0, 0, 0),
          new Cpu(1, 0, 1),
          new Cpu(2, 1, 0),
          new Cpu(3, 1, 1),
          new Cpu(4, 0, 0),
          new Cpu(5, 0, 1),
          new Cpu(6, 1, 0),
          new Cpu(7, 1, 1));

  private final RunId a = RunId.random();
  private final RunId b = RunId.random();
  private final RunId c = RunId.random();
  private final CpuLedger ledger = new CpuLedger(() -> EIGHT);

  private List<Integer> assign(RunId run, String cpus) {
    return ledger.assign(run, Cpus.parse(cpus)).ids();
  }

  private void assertRefused(RunId run, String cpus, String why) {
    assertThatThrownBy(() -> assign(run, cpus))
        .isInstanceOf(IsolatorException.class)
        .hasMessage(why);
  }

  @Test
  void growsInTheOrderOfSocketCoreAndId() {
    assertThat(assign(a, "1")).containsExactly(0);
    assertThat(assign(a, "2")).containsExactly(0, 4);
    assertThat(assign(a, "3")).containsExactly(0, 2, 4);
    assertThat(assign(a, "4")).containsExactly(0, 2, 4, 6);
    assertThat(assign(a, "5")).containsExactly(0, 1, 2, 4, 6);
    assertThat(assign(a, "8")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void growsTheSameWhateverTheOrderOfTheMachinesList() {
    List<Cpu> shuffled = new ArrayList<>(EIGHT);
    Collections.reverse(shuffled);

    assertThat(new CpuLedger(() -> shuffled).assign(a, Cpus.parse("3")).ids())
        .containsExactly(0, 2, 4);
  }

  @Test
  void twoRunsShareTheCpuThatBothHaveAPartOf() {
    assertThat(assign(a, "1.5")).containsExactly(0, 4);
    assertThat(assign(b, "1")).containsExactly(2, 4);
    assertThat(assign(c, "0.5")).containsExactly(2);
    assertThat(ledger.free()).isEqualTo(Cpus.parse("5"));
  }

  @Test
  void aPartOfACpuIsTheWholeAnswerWhenMoreFitsOnIt() {
    assertThat(assign(a, "0.001")).containsExactly(0);
    assertThat(assign(b, "0.999")).containsExactly(0);
    assertThat(assign(c, "0.001")).containsExactly(4);
  }

  @Test
  void theSameAmountAgainChangesNothing() {
    List<Integer> first = assign(a, "2.5");

    assertThat(assign(a, "2.5")).isEqualTo(first);
    assertThat(ledger.free()).isEqualTo(Cpus.parse("5.5"));
  }

  @Test
  void growthDoesNotPreferACpuThatItAlreadyHasAPartOf() {
    assign(a, "0.5");
    assign(b, "1");
    assign(a, "1");
    ledger.release(b);

    // a has half of 0 and half of 4; 0 comes first and is half free again
    assertThat(assign(a, "1.5")).containsExactly(0, 4);
    assertThat(assign(b, "0.5")).containsExactly(4);
  }

  @Test
  void shrinkingFreesTheSmallestShareFirst() {
    assign(b, "0.7");
    assign(a, "1.3"); // 0.3 of 0, 1 of 4

    assertThat(assign(a, "1")).containsExactly(4);
    assertThat(assign(c, "0.3")).containsExactly(0);
  }

  @Test
  void ofEqualSharesTheLastIsFreedFirst() {
    assign(a, "4"); // 0, 4, 2, 6 in the ledger's order

    assertThat(assign(a, "3")).containsExactly(0, 2, 4);
    assertThat(assign(a, "2")).containsExactly(0, 4);
    assertThat(assign(a, "1")).containsExactly(0);
  }

  @Test
  void shrinkingTakesAPartOfACpuAndThenGoesOnWithThatOne() {
    assign(a, "3");

    assertThat(assign(a, "2.5")).containsExactly(0, 2, 4); // half of 2 is left
    assertThat(assign(a, "1.9")).containsExactly(0, 4); // that half, and a tenth of 4
    assertThat(assign(b, "0.1")).containsExactly(4);
  }

  @Test
  void shrinkingToNothingLeavesNothing() {
    assign(a, "2");

    assertThat(assign(a, "0")).isEmpty();
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(8));
  }

  @Test
  void whatIsNotThereIsRefusedWithTheNumbers() {
    assign(a, "7.5");

    assertRefused(b, "0.6", "0.6 cpus to pin are not to be had: 0.5 are free");
    assertRefused(a, "9", "1.5 cpus to pin are not to be had: 0.5 are free");
  }

  @Test
  void aRefusalChangesNothing() {
    assign(a, "7");

    assertRefused(b, "2", "2 cpus to pin are not to be had: 1 are free");
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(1));
    assertThat(assign(b, "1")).containsExactly(7);
    assertThat(assign(a, "7")).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void whatARunHeldIsFreeOnceItIsReleased() {
    assign(a, "8");
    ledger.release(a);
    ledger.release(a);

    assertThat(assign(b, "8")).hasSize(8);
  }

  @Test
  void aReleaseOfARunThatHeldNothingChangesNothing() {
    assign(a, "3");
    ledger.release(b);

    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(5));
  }

  /// The seed's books leaked what a run held when it ended, until the agent aborted.
  @Test
  void runsOneAfterTheOtherNeverUseTheMachineUp() {
    CpuLedger small = new CpuLedger(() -> EIGHT.subList(0, 3));
    for (int i = 0; i < 4 * EIGHT.size(); i++) {
      RunId run = RunId.random();
      assertThat(small.assign(run, Cpus.ofWhole(2)).size()).isEqualTo(2);
      small.release(run);
    }
    assertThat(small.free()).isEqualTo(Cpus.ofWhole(3));
  }

  @Test
  void cpusOfOthersAreNotGivenAway() {
    CpuSet others = CpuSet.parse("0,2");

    assertThat(ledger.assign(a, Cpus.ofWhole(2), others).ids()).containsExactly(4, 6);
    assertThatThrownBy(() -> ledger.assign(b, Cpus.ofWhole(5), others))
        .isInstanceOf(IsolatorException.class)
        .hasMessage("5 cpus to pin are not to be had: 4 are free");
    assertThat(assign(b, "1")).as("when the others have gone").containsExactly(0);
  }

  @Test
  void whatARunHasItKeepsThoughOthersClaimItToo() {
    assign(a, "1");

    assertThat(ledger.assign(a, Cpus.ofWhole(2), CpuSet.parse("0")).ids()).containsExactly(0, 4);
  }

  /// Booked one after the other, the first would fill the CPU that the second has a part of.
  @Test
  void restoredRunsMakeRoomForEachOther() {
    ledger.restore(b, Cpus.ofWhole(1), CpuSet.parse("2,4"));
    ledger.restore(a, Cpus.parse("1.5"), CpuSet.parse("0,4"));
    ledger.restore(c, Cpus.parse("0.5"), CpuSet.parse("2"));

    assertThat(ledger.cpus(a)).isEqualTo(CpuSet.parse("0,4"));
    assertThat(ledger.cpus(b)).isEqualTo(CpuSet.parse("2,4"));
    assertThat(ledger.cpus(c)).isEqualTo(CpuSet.parse("2"));
    assertThat(ledger.free()).isEqualTo(Cpus.ofWhole(5));
    assertThat(ledger.assign(RunId.random(), Cpus.ofWhole(5)).ids()).containsExactly(1, 3, 5, 6, 7);
  }

  @Test
  void whatTheKernelLetsARunUseIsBookedThoughItIsTooMuch() {
    ledger.restore(a, Cpus.ofWhole(1), CpuSet.parse("0"));
    ledger.restore(b, Cpus.ofWhole(1), CpuSet.parse("0"));

    assertThat(ledger.cpus(b)).isEqualTo(CpuSet.parse("0"));
    assertThat(assign(c, "1")).containsExactly(4);
  }

  @Test
  void ownersAreThoseWhoHoldAnything() {
    assign(a, "1");
    assign(b, "1");
    ledger.release(a);

    assertThat(ledger.owners()).containsExactly(b);
  }

  /// A host may have CPUs that only a first pinned run is interested in.
  @Test
  void theMachineIsNotLookedAtBeforeSomebodyWantsACpu() {
    AtomicInteger looks = new AtomicInteger();
    CpuLedger lazy =
        new CpuLedger(() -> {
          looks.incrementAndGet();
          return EIGHT;
        });
    lazy.release(a);
    assertThat(lazy.owners()).isEmpty();
    assertThat(looks).hasValue(0);

    lazy.assign(a, Cpus.ofWhole(1));
    lazy.assign(b, Cpus.ofWhole(1));
    assertThat(looks).hasValue(1);
  }
}
