package dev.holdfast.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One node of the hierarchy, with the controllers it was asked for. Immutable and thread-safe;
/// says nothing of whether it exists.
///
/// Every method throws a [CgroupException] when the kernel refuses.
public interface Cgroup {
  CgroupPath path();

  /// The same controllers' cgroup below this one.
  Cgroup child(String name);

  /// The cgroup that it is in, with the same controllers; empty directly below the mount.
  Optional<Cgroup> parent();

  /// Makes it, below a parent that exists, and gives it the parent's CPUs and memory nodes; takes
  /// back what it made when it cannot make all.
  ///
  /// @throws CgroupException.Busy when a part of it is there already
  void create();

  /// Makes it where it is missing, below parents that are made likewise and lend it its
  /// controllers.
  ///
  /// Returns the directories that were made, parents first.
  List<Path> ensure();

  /// Removes it, and the cgroups that were made below it, children first. What has gone already is
  /// no failure.
  ///
  /// @throws CgroupException.Busy while processes are in it
  void remove();

  /// Removes what nobody uses of it: the directories without processes and without cgroups below.
  void removeUnused();

  /// The same, for those of its directories that are `among` these.
  void removeUnused(Set<Path> among);

  /// Whether any part of it is there.
  boolean exists();

  /// Those of its directories that are not there.
  List<Path> missing();

  /// Names of the cgroups right below, in any of its directories.
  Set<String> children();

  /// Pids of the processes in it and below it; empty when it has gone.
  Set<Integer> processes();

  /// How a process enters it by itself.
  Entry entry();

  /// Its directories, in the order in which they can be removed.
  List<Path> directories();

  /// Absent without the controller.
  Optional<CpuController> cpu();

  Optional<MemoryController> memory();

  Optional<CpusetController> cpuset();

  Optional<PidsController> pids();

  /// Absent on v1 without the freezer controller.
  Optional<Freezer> freezer();

  /// The file whose writing kills every process of it and below, at once: `cgroup.kill`, since
  /// Linux 5.14 in every cgroup2 tree.
  Optional<Path> killFile();

  /// Writes [#killFile].
  ///
  /// @throws CgroupException.NotFound without one
  void killAll();

  /// How the kernel tells whether anybody is in it; absent without a cgroup2 tree.
  Optional<Population> population();

  /// Stall information, since Linux 4.20, where there is a cgroup2 tree and the kernel has PSI.
  Optional<Pressure> pressure(Pressure.Resource resource);

  /// Reads what it uses, again and again. Opens nothing yet.
  Sampler sampler();

  /// Who is in a cgroup and below it, and whether anybody is, as its directory in the cgroup2 tree
  /// knows: `cgroup.procs`, and `populated` of `cgroup.events`.
  interface Population {
    /// @throws CgroupException.NotFound when it has gone
    boolean isPopulated();

    /// Who is in that directory and below it: whom [#killAll] ends. One list, where
    /// [Cgroup#processes] puts one of each hierarchy together.
    Set<Integer> processes();

    /// Runs `action` soon after each change, and after others: ask then, and once after this has
    /// returned.
    CgroupFs.Watch watch(Runnable action);
  }

  /// How a process enters a cgroup by itself, without the kernel's global lock that an entry by
  /// another process's hand takes.
  ///
  /// @param tasksFiles v1: the process writes `0` to each
  /// @param cloneInto v2: the process is born there, `clone3(2)` with CLONE_INTO_CGROUP
  record Entry(List<Path> tasksFiles, Optional<Path> cloneInto) {
    public Entry {
      tasksFiles = List.copyOf(tasksFiles);
    }
  }
}
