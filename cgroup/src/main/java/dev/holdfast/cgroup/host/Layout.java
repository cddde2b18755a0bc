package dev.holdfast.cgroup.host;

import dev.holdfast.cgroup.Controller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// How a host has its cgroups mounted: parsed once, switched on once.
public sealed interface Layout {
  /// v1 alone. Controllers that are mounted together share a path.
  record V1(Map<Controller, Path> mounts) implements Layout {
    public V1 {
      mounts = Map.copyOf(mounts);
    }
  }

  /// v1 with a cgroup2 tree that has none of these controllers, but kills, freezes and tells of
  /// pressure.
  record Hybrid(Map<Controller, Path> mounts, Path unified) implements Layout {
    public Hybrid {
      mounts = Map.copyOf(mounts);
    }
  }

  /// v2 alone.
  ///
  /// @param available the controllers that the mount offers
  record V2(Path mount, Set<Controller> available) implements Layout {
    public V2 {
      available = Set.copyOf(available);
    }
  }

  /// No cgroup file system is mounted.
  record None() implements Layout {}
}
