package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/// v2: one tree for all controllers. CPU accounting and freezing are part of its core.
public final class HierarchyV2 implements Hierarchy {
  private final CgroupFs fs;
  private final Path mount;
  private final Set<Controller> controllers;

  /// @param available the controllers in `cgroup.controllers` of the mount
  public HierarchyV2(CgroupFs fs, Path mount, Set<Controller> available) {
    this.fs = fs;
    this.mount = mount;
    controllers = EnumSet.of(Controller.CPUACCT, Controller.FREEZER);
    controllers.addAll(available);
  }

  @Override
  public Set<Controller> controllers() {
    return EnumSet.copyOf(controllers);
  }

  @Override
  public Cgroup cgroup(CgroupPath path, Set<Controller> wanted) {
    for (Controller controller : wanted) {
      if (!controllers.contains(controller)) {
        throw new IllegalArgumentException("the cgroup2 tree has no controller " + controller);
      }
    }
    return new CgroupV2(fs, mount, path, wanted);
  }
}
