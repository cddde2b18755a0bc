package dev.holdfast.cgroup.host;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.v1.HierarchyV1;
import dev.holdfast.cgroup.v2.HierarchyV2;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.Mount;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// From the mount table to a [Hierarchy]: the only place that decides by the version of cgroups.
public final class CgroupHost {
  private CgroupHost() {}

  /// Finds the layout of a mount table. A controller that is mounted twice counts where it was
  /// mounted last; a cgroup2 tree beside v1 counts from Linux 5.14, when it can kill.
  public static Layout detect(List<Mount> mounts, CgroupFs fs, KernelVersion kernel) {
    Map<Controller, Path> v1 = new EnumMap<>(Controller.class);
    Optional<Path> unified = Optional.empty();
    for (Mount mount : mounts) {
      if (mount.type().equals("cgroup")) {
        for (String option : mount.superOptions()) {
          Controller.parse(option).ifPresent(it -> v1.put(it, mount.mountPoint()));
        }
      } else if (mount.type().equals("cgroup2")) {
        unified = Optional.of(mount.mountPoint());
      }
    }
    if (!v1.isEmpty()) {
      return unified.isPresent() && kernel.isAtLeast(5, 14)
          ? new Layout.Hybrid(v1, unified.get())
          : new Layout.V1(v1);
    }
    return unified.isPresent()
        ? new Layout.V2(unified.get(), available(fs, unified.get()))
        : new Layout.None();
  }

  private static Set<Controller> available(CgroupFs fs, Path mount) {
    Set<Controller> available = EnumSet.noneOf(Controller.class);
    for (String name : offered(fs, mount)) {
      Controller.parse(name).ifPresent(available::add);
    }
    return available;
  }

  private static List<String> offered(CgroupFs fs, Path mount) {
    return List.of(fs.read(mount.resolve("cgroup.controllers")).strip().split(" ", -1));
  }

  /// The kernel's names of all controllers in these mounts, those that are not used here, too.
  public static Set<String> controllerNames(List<Mount> mounts, CgroupFs fs) {
    Set<String> names = new TreeSet<>();
    for (Mount mount : mounts) {
      if (mount.type().equals("cgroup")) {
        names.addAll(mount.superOptions());
      } else if (mount.type().equals("cgroup2")) {
        names.addAll(offered(fs, mount.mountPoint()));
      }
    }
    return names;
  }

  /// Absent when no cgroup file system is mounted.
  public static Optional<Hierarchy> hierarchy(Layout layout, CgroupFs fs) {
    return switch (layout) {
      case Layout.V1(var mounts) -> Optional.of(new HierarchyV1(fs, mounts, Optional.empty()));
      case Layout.Hybrid(var mounts, var unified) ->
          Optional.of(new HierarchyV1(fs, mounts, Optional.of(unified)));
      case Layout.V2(var mount, var available) ->
          Optional.of(new HierarchyV2(fs, mount, available));
      case Layout.None() -> Optional.empty();
    };
  }
}
