package dev.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Limit;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Shares, bandwidth and CPU time.
interface CpuContract extends Contract {
  CpuBandwidth HALF = new CpuBandwidth(50_000, 100_000);

  private CpuController newCpu() {
    return newCgroup().cpu().orElseThrow();
  }

  @Test
  default void aNewCgroupHasTheDefaultShares() {
    assertThat(newCpu().shares()).isEqualTo(new CpuShares(1024));
  }

  @Test
  default void sharesAreKeptAsExactlyAsTheVersionAllows() {
    CpuController cpu = newCpu();
    for (long count : new long[] {2, 10, 512, 1024, 2048, 100_000, 262_144}) {
      CpuShares shares = new CpuShares(count);
      cpu.setShares(shares);
      assertThat(cpu.shares()).isEqualTo(isV2() ? CpuShares.ofWeight(shares.weight()) : shares);
    }
  }

  @Test
  default void v1BringsSharesWithinTheirBounds() {
    assumeV1();
    Path shares = file(newCgroup(), Controller.CPU, "cpu.shares");
    assertKept(shares, "1", "2");
    assertKept(shares, "262145", "262144");
    assertBadValues(shares, "-1", "x", "1.5");
  }

  @Test
  default void v2RefusesWeightsOutOfBounds() {
    assumeV2();
    Path weight = file(newCgroup(), Controller.CPU, "cpu.weight");
    assertKept(weight, "1", "1");
    assertKept(weight, "10000", "10000");
    assertBadValues(weight, "0", "10001", "-1", "x");
  }

  @Test
  default void bandwidthIsUnlimitedUntilItIsSetAndAfterItIsLifted() {
    CpuController cpu = newCpu();
    assertThat(cpu.bandwidth()).isEqualTo(Limit.unlimited());
    cpu.setBandwidth(Limit.at(HALF));
    assertThat(cpu.bandwidth()).isEqualTo(Limit.at(HALF));
    cpu.setBandwidth(Limit.at(new CpuBandwidth(1_000, 1_000_000)));
    assertThat(cpu.bandwidth()).isEqualTo(Limit.at(new CpuBandwidth(1_000, 1_000_000)));
    cpu.setBandwidth(Limit.at(new CpuBandwidth(3_000_000, 1_000)));
    assertThat(cpu.bandwidth()).isEqualTo(Limit.at(new CpuBandwidth(3_000_000, 1_000)));
    cpu.setBandwidth(Limit.unlimited());
    assertThat(cpu.bandwidth()).isEqualTo(Limit.unlimited());
    cpu.setBandwidth(Limit.unlimited());
  }

  @Test
  default void v1RefusesQuotasAndPeriodsOutOfBounds() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    Path quota = file(cgroup, Controller.CPU, "cpu.cfs_quota_us");
    assertBadValues(quota, "0", "999", "x", "1e3", "99999999999999");
    assertKept(quota, "1000", "1000");
    assertKept(quota, "-5", "-1");
    assertBadValues(
        file(cgroup, Controller.CPU, "cpu.cfs_period_us"), "0", "999", "1000001", "-1", "x");
  }

  @Test
  default void v2RefusesQuotasAndPeriodsOutOfBounds() {
    assumeV2();
    Path max = file(newCgroup(), Controller.CPU, "cpu.max");
    assertThat(read(max)).isEqualTo("max 100000");
    assertBadValues(max, "0", "999", "x", "-1", "1e3 5", "1000 999", "1000 1000001");
    assertKept(max, "1000", "1000 100000");
    assertKept(max, "max 50000", "max 50000");
  }

  @Test
  default void aBurstAboveTheQuotaIsRefused() {
    CpuController cpu = newCpu();
    cpu.setBandwidth(Limit.at(HALF));
    assertThat(cpu.burst()).contains(Duration.ZERO);
    cpu.setBurst(Duration.ofMillis(50));
    assertThatThrownBy(() -> cpu.setBurst(Duration.ofMillis(51)))
        .isInstanceOf(CgroupException.BadValue.class);
    assertThat(cpu.burst()).contains(Duration.ofMillis(50));
  }

  @Test
  default void aQuotaBelowTheBurstTakesTheBurstDownWithIt() {
    CpuController cpu = newCpu();
    cpu.setBandwidth(Limit.at(HALF));
    cpu.setBurst(Duration.ofMillis(50));
    CpuBandwidth less = new CpuBandwidth(20_000, 100_000);
    cpu.setBandwidth(Limit.at(less));
    assertThat(cpu.bandwidth()).isEqualTo(Limit.at(less));
  }

  @Test
  default void v1RefusesAQuotaAboveTheParents() {
    assumeV1();
    Cgroup cgroup = newCgroup();
    Cgroup child = cgroup.child("child");
    child.create();
    cgroup.cpu().orElseThrow().setBandwidth(Limit.at(HALF));
    CpuController cpu = child.cpu().orElseThrow();
    assertThatThrownBy(() -> cpu.setBandwidth(Limit.at(new CpuBandwidth(60_000, 100_000))))
        .isInstanceOf(CgroupException.BadValue.class);
    cpu.setBandwidth(Limit.at(HALF));
    assertThatThrownBy(() ->
            cgroup.cpu().orElseThrow().setBandwidth(Limit.at(new CpuBandwidth(40_000, 100_000))))
        .isInstanceOf(CgroupException.BadValue.class);
  }

  /// v1 takes quota and period one after the other, and each of the two steps must fit.
  @Test
  default void belowACappedParentPeriodsGrowAndShrink() {
    Cgroup parent = newParent();
    Cgroup child = parent.child("child");
    child.create();
    parent.cpu().orElseThrow().setBandwidth(Limit.at(HALF));
    CpuController cpu = child.cpu().orElseThrow();
    for (long period : new long[] {100_000, 10_000, 1_000_000, 20_000}) {
      CpuBandwidth half = new CpuBandwidth(period / 2, period);
      cpu.setBandwidth(Limit.at(half));
      assertThat(cpu.bandwidth()).isEqualTo(Limit.at(half));
    }
  }

  @Test
  default void aNewCgroupHasUsedNoTime() {
    CpuController cpu = newCpu();
    assertThat(cpu.usage())
        .isEqualTo(new CpuController.Usage(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    assertThat(cpu.throttling()).contains(new CpuController.Throttling(0, 0, Duration.ZERO));
  }
}
