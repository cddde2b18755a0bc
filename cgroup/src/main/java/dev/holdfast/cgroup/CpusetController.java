package dev.holdfast.cgroup;

/// Which CPUs the processes may run on.
public interface CpusetController {
  /// @throws CgroupException.BadValue when a CPU does not exist
  /// @throws CgroupException.Denied when the parent does not have a CPU
  void setCpus(CpuSet cpus);

  CpuSet cpus();
}
