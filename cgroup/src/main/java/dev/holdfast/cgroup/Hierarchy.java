package dev.holdfast.cgroup;

import java.util.Set;

/// The host's mounted cgroup trees, seen as one. Immutable and thread-safe.
public interface Hierarchy {
  /// The controllers that can limit a cgroup of ours here.
  Set<Controller> controllers();

  /// One logical cgroup that `controllers` limit: a directory in each v1 hierarchy that has one of
  /// them, and in the cgroup2 tree when there is one. Nothing is touched.
  ///
  /// @throws IllegalArgumentException when a controller is not among [#controllers]
  Cgroup cgroup(CgroupPath path, Set<Controller> controllers);
}
