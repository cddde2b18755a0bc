package dev.holdfast.testkit.fake;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.linux.KernelVersion;

/// What the fake kernel runs on and was built with.
///
/// @param cpus how many, numbered from 0
/// @param swap whether memory and swap are counted together too
/// @param pressure whether it has PSI
public record Machine(KernelVersion kernel, int cpus, boolean swap, boolean pressure) {
  public static final Machine USUAL = new Machine(new KernelVersion(6, 18), 4, true, true);

  public boolean since(int major, int minor) {
    return kernel.isAtLeast(major, minor);
  }

  public CpuSet allCpus() {
    return CpuSet.parse(cpus == 1 ? "0" : "0-" + (cpus - 1));
  }
}
