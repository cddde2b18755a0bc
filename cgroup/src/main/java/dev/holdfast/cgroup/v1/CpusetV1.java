package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpusetController;
import java.nio.file.Path;

/// docs.kernel.org/admin-guide/cgroup-v1/cpusets.html.
final class CpusetV1 implements CpusetController {
  private final CgroupFs fs;
  private final Path cpus;

  CpusetV1(CgroupFs fs, Path directory) {
    this.fs = fs;
    cpus = directory.resolve("cpuset.cpus");
  }

  @Override
  public void setCpus(CpuSet value) {
    // The kernel ignores a write of no bytes.
    fs.write(cpus, value.isEmpty() ? "\n" : value.format());
  }

  @Override
  public CpuSet cpus() {
    return CpuSet.parse(fs.read(cpus));
  }
}
