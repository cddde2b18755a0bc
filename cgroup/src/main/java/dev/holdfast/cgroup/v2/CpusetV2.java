package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpusetController;
import java.nio.file.Path;

/// docs.kernel.org/admin-guide/cgroup-v2.html "Cpuset Interface Files". v2 takes any list and says
/// only in `cpuset.cpus.effective` what it granted.
final class CpusetV2 implements CpusetController {
  private final CgroupFs fs;
  private final Path cpus;
  private final Path effective;

  CpusetV2(CgroupFs fs, Path directory) {
    this.fs = fs;
    cpus = directory.resolve("cpuset.cpus");
    effective = directory.resolve("cpuset.cpus.effective");
  }

  @Override
  public void setCpus(CpuSet value) {
    // The kernel ignores a write of no bytes.
    fs.write(cpus, value.isEmpty() ? "\n" : value.format());
  }

  @Override
  public CpuSet cpus() {
    return CpuSet.parse(fs.read(effective));
  }
}
