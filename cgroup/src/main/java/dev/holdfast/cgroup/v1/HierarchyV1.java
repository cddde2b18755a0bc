package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// v1: each controller in the hierarchy that it is mounted in, alone or with others; beside them,
/// on a hybrid host, a cgroup2 tree that kills, freezes and tells of pressure.
public final class HierarchyV1 implements Hierarchy {
  private final CgroupFs fs;
  private final Map<Controller, Path> mounts;
  private final Optional<Path> unified;

  public HierarchyV1(CgroupFs fs, Map<Controller, Path> mounts, Optional<Path> unified) {
    this.fs = fs;
    this.mounts = new EnumMap<>(mounts);
    this.unified = unified;
    if (unified.isPresent()) {
      // The cgroup2 tree freezes what runs in it, and a process that it froze can still be killed.
      this.mounts.remove(Controller.FREEZER);
    }
  }

  @Override
  public Set<Controller> controllers() {
    Set<Controller> all = EnumSet.noneOf(Controller.class);
    all.addAll(mounts.keySet());
    if (unified.isPresent()) {
      all.add(Controller.FREEZER);
    }
    return all;
  }

  @Override
  public Cgroup cgroup(CgroupPath path, Set<Controller> controllers) {
    Map<Controller, Path> chosen = new EnumMap<>(Controller.class);
    for (Controller controller : controllers) {
      Path mount = mounts.get(controller);
      if (mount != null) {
        chosen.put(controller, mount);
      } else if (controller != Controller.FREEZER || unified.isEmpty()) {
        throw new IllegalArgumentException("no hierarchy has the controller " + controller);
      }
    }
    // Mounted together, they share the directory, which takes no process in before it has CPUs.
    Path cpuset = mounts.get(Controller.CPUSET);
    if (cpuset != null && chosen.containsValue(cpuset)) {
      chosen.put(Controller.CPUSET, cpuset);
    }
    return new CgroupV1(fs, chosen, unified, path);
  }
}
