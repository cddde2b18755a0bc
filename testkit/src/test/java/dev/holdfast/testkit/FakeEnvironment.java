package dev.holdfast.testkit;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.testkit.contract.ContractEnvironment;

/// A [FakeCgroupFs] of its own for each test.
final class FakeEnvironment implements ContractEnvironment {
  private final FakeCgroupFs fs;
  private int paths;

  FakeEnvironment(FakeCgroupFs fs) {
    this.fs = fs;
  }

  @Override
  public CgroupFs fs() {
    return fs;
  }

  @Override
  public Layout layout() {
    return fs.layout();
  }

  @Override
  public Hierarchy hierarchy() {
    return fs.hierarchy();
  }

  @Override
  public KernelVersion kernel() {
    return fs.kernelVersion();
  }

  @Override
  public int cpus() {
    return 4;
  }

  @Override
  public CgroupPath freshPath() {
    paths++;
    return CgroupPath.parse("holdfast-test-" + paths);
  }

  @Override
  public int startSleeper(Cgroup cgroup) {
    return fs.processes().start(cgroup.path());
  }

  @Override
  public int startHolder(Cgroup cgroup, Bytes memory) {
    int pid = startSleeper(cgroup);
    fs.setUsage(cgroup.path(), memory);
    return pid;
  }

  @Override
  public int startEater(Cgroup cgroup) {
    int pid = startSleeper(cgroup);
    fs.triggerOom(cgroup.path());
    return pid;
  }

  @Override
  public void kill(int pid) {
    fs.processes().kill(pid);
  }

  @Override
  public boolean isAlive(int pid) {
    return fs.processes().isAlive(pid);
  }

  @Override
  public void close() {
    // nothing outlives the fake
  }
}
