package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.KernelVersion;
import dev.holdfast.testkit.KernelTestCondition.Decision;
import dev.holdfast.testkit.KernelTestCondition.Demand;
import dev.holdfast.testkit.KernelTestCondition.Offer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KernelTestConditionTest {
  private static final KernelVersion KERNEL = new KernelVersion(6, 18);
  private static final Offer HYBRID = new Offer(true, Optional.of(KernelLayout.HYBRID), KERNEL);
  private static final Demand ANY = new Demand(List.of(), Optional.empty());

  @Test
  void runsWhereRootAndCgroupsAre() {
    assertThat(KernelTestCondition.decide(HYBRID, ANY, false)).isEqualTo(new Decision.Run());
    assertThat(
            KernelTestCondition.decide(
                HYBRID,
                new Demand(
                    List.of(KernelLayout.V1, KernelLayout.HYBRID),
                    Optional.of(new KernelVersion(5, 14))),
                true))
        .isEqualTo(new Decision.Run());
  }

  @Test
  void isSkippedWithItsReason() {
    assertThat(
            KernelTestCondition.decide(
                new Offer(false, Optional.of(KernelLayout.V2), KERNEL), ANY, false))
        .isEqualTo(new Decision.Skip("it needs root"));
    assertThat(KernelTestCondition.decide(new Offer(true, Optional.empty(), KERNEL), ANY, false))
        .isEqualTo(new Decision.Skip("no cgroup file system is mounted"));
  }

  @Test
  void failsWhereItIsRequired() {
    assertThat(
            KernelTestCondition.decide(
                new Offer(false, Optional.of(KernelLayout.V2), KERNEL), ANY, true))
        .isEqualTo(new Decision.Fail("it needs root, and HOLDFAST_KERNEL_TESTS=require"));
    assertThat(KernelTestCondition.decide(new Offer(true, Optional.empty(), KERNEL), ANY, true))
        .isInstanceOf(Decision.Fail.class);
  }

  @Test
  void isSkippedForAnotherLayoutOrKernelEvenThen() {
    for (boolean required : new boolean[] {false, true}) {
      assertThat(
              KernelTestCondition.decide(
                  HYBRID, new Demand(List.of(KernelLayout.V2), Optional.empty()), required))
          .isEqualTo(new Decision.Skip("not for this layout: it is for [V2], this is HYBRID"));
      assertThat(
              KernelTestCondition.decide(
                  HYBRID, new Demand(List.of(), Optional.of(new KernelVersion(7, 0))), required))
          .isEqualTo(
              new Decision.Skip(
                  "not for this kernel: it is for Linux 7.0 and later, this is 6.18"));
    }
  }
}
