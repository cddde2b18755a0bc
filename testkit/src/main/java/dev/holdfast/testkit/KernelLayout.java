package dev.holdfast.testkit;

import dev.holdfast.cgroup.host.Layout;
import java.util.Optional;

/// How the host of a [KernelTest] has its cgroups mounted.
public enum KernelLayout {
  V1,
  HYBRID,
  V2;

  /// Absent when no cgroup file system is mounted.
  static Optional<KernelLayout> of(Layout layout) {
    return switch (layout) {
      case Layout.V1 _ -> Optional.of(V1);
      case Layout.Hybrid _ -> Optional.of(HYBRID);
      case Layout.V2 _ -> Optional.of(V2);
      case Layout.None() -> Optional.empty();
    };
  }
}
