package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.HostDemands;
import dev.holdfast.isolator.IsolatorException;

/// Whether an agent's root can do what is demanded of it, before the first run relies on it.
final class RootCheck {
  private RootCheck() {}

  /// @param root as an agent holds it
  /// @throws IsolatorException in one sentence that names what is missing
  static void check(Cgroup root, HostDemands demands) {
    if (root.memory().isEmpty()) {
      throw new IsolatorException(
          "the memory controller is missing: without it no run could be held to its memory");
    }
    switch (demands.cpuMode()) {
      case PINNED -> demands.cpus().ifPresent(cpus -> requireCpus(root, cpus));
      case QUOTA -> requireQuota(root);
      case SHARES -> {
        // every kernel with the controller has them
      }
    }
  }

  private static void requireCpus(Cgroup root, Cpus cpus) {
    CpuSet allowed = root.cpuset().orElseThrow(() -> missing(CpuMode.PINNED, "cpuset")).cpus();
    if (cpus.compareTo(Cpus.ofWhole(allowed.size())) > 0) {
      throw new IsolatorException(
          cpus
              + " cpus to pin are more than the cgroups' root "
              + root.path()
              + " may use: "
              + allowed
              + " ("
              + allowed.size()
              + ")");
    }
  }

  private static void requireQuota(Cgroup root) {
    try {
      boolean _ = root.cpu().orElseThrow(() -> missing(CpuMode.QUOTA, "cpu")).bandwidth() != null;
    } catch (CgroupException.NotFound withoutBandwidth) {
      throw new IsolatorException(
          "the kernel cannot cap CPU time: boot one with CONFIG_CFS_BANDWIDTH, or do without quotas",
          withoutBandwidth);
    }
  }

  private static IsolatorException missing(CpuMode mode, String controller) {
    return new IsolatorException(
        "the cpu mode "
            + mode.word()
            + " needs the controller "
            + controller
            + ", which is missing");
  }
}
