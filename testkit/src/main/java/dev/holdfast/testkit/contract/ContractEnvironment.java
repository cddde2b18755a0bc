package dev.holdfast.testkit.contract;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelVersion;

/// What a [CgroupFsContract] runs on: a cgroupfs, and processes to put into its cgroups.
///
/// Owned by one test; [#close] ends the processes and removes the cgroups that it made.
public interface ContractEnvironment extends AutoCloseable {
  CgroupFs fs();

  Layout layout();

  Hierarchy hierarchy();

  KernelVersion kernel();

  /// How many CPUs the root of the hierarchies has, numbered from 0.
  int cpus();

  /// A name right below the roots that no other test uses.
  CgroupPath freshPath();

  /// Starts a process that sleeps, inside the cgroup when this returns.
  int startSleeper(Cgroup cgroup);

  /// Starts a process in the cgroup that will hold at least so much anonymous memory.
  int startHolder(Cgroup cgroup, Bytes memory);

  /// Starts a process in the cgroup that will allocate until it is stopped; the cgroup has a cap.
  int startEater(Cgroup cgroup);

  /// SIGKILL.
  void kill(int pid);

  /// Whether it has not ended yet; a zombie has.
  boolean isAlive(int pid);

  @Override
  void close();
}
