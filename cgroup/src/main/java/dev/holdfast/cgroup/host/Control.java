package dev.holdfast.cgroup.host;

import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The control file behind each thing that a host can do, by layout: what a diagnosis looks for.
public enum Control {
  CPU_SHARES(Controller.CPU, "cpu.shares", "cpu.weight"),
  CPU_QUOTA(Controller.CPU, "cpu.cfs_quota_us", "cpu.max"),
  CPU_BURST(Controller.CPU, "cpu.cfs_burst_us", "cpu.max.burst"),
  CPU_TIME(Controller.CPUACCT, "cpuacct.usage", "cpu.stat"),
  CPUSET(Controller.CPUSET, "cpuset.cpus", "cpuset.cpus"),
  MEMORY_LIMIT(Controller.MEMORY, "memory.limit_in_bytes", "memory.max"),
  SWAP_LIMIT(Controller.MEMORY, "memory.memsw.limit_in_bytes", "memory.swap.max"),
  MEMORY_PEAK(Controller.MEMORY, "memory.max_usage_in_bytes", "memory.peak"),
  OUT_OF_MEMORY(Controller.MEMORY, "memory.oom_control", "memory.events"),
  PIDS_LIMIT(Controller.PIDS, "pids.max", "pids.max"),
  /// v1 alone has none: there the freezer helps to kill.
  KILL(Controller.FREEZER, "", "cgroup.kill"),
  FREEZE(Controller.FREEZER, "freezer.state", "cgroup.freeze"),
  PRESSURE(Controller.FREEZER, "", "memory.pressure");

  private final Controller controller;
  private final String v1;
  private final String v2;

  Control(Controller controller, String v1, String v2) {
    this.controller = controller;
    this.v1 = v1;
    this.v2 = v2;
  }

  /// The v1 controller that has it.
  public Controller controller() {
    return controller;
  }

  /// Where it is for a cgroup, whether or not it exists there; empty when the layout cannot have
  /// it.
  public Optional<Path> locate(Layout layout, CgroupPath cgroup) {
    return switch (layout) {
      case Layout.V1(var mounts) -> locateV1(mounts, cgroup);
      case Layout.Hybrid(var mounts, var unified) ->
          controller == Controller.FREEZER
              ? Optional.of(unified.resolve(cgroup.toString()).resolve(v2))
              : locateV1(mounts, cgroup);
      case Layout.V2(var mount, _) -> Optional.of(mount.resolve(cgroup.toString()).resolve(v2));
      case Layout.None() -> Optional.empty();
    };
  }

  private Optional<Path> locateV1(Map<Controller, Path> mounts, CgroupPath cgroup) {
    return v1.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(mounts.get(controller))
            .map(mount -> mount.resolve(cgroup.toString()).resolve(v1));
  }
}
