package dev.holdfast.linux.proc;

import java.util.ArrayList;
import java.util.List;

/// A controller that the kernel was built with: a line of `/proc/cgroups`, cgroups(7), which calls
/// controllers subsystems.
///
/// @param name `cpu`, `memory`; `blkio` where cgroup v2 says `io`
/// @param hierarchyId of the v1 hierarchy that it is attached to; 0 when that is none: then it is
///   free, or belongs to the v2 hierarchy
/// @param cgroups how many cgroups that hierarchy has, the removed ones included that the kernel
///   still keeps
/// @param enabled false when the kernel's command line says `cgroup_disable=`
public record Subsystem(String name, int hierarchyId, int cgroups, boolean enabled) {
  private static final String SOURCE = "/proc/cgroups";

  /// Parses the whole file, in the kernel's order.
  public static List<Subsystem> parseAll(String cgroups) {
    List<Subsystem> subsystems = new ArrayList<>();
    Cursor line = new Cursor(SOURCE, cgroups);
    while (line.nextLine()) {
      if (!line.startsWith('#')) {
        subsystems.add(
            new Subsystem(
                line.word("a controller"),
                line.natural("a hierarchy id"),
                line.natural("a number of cgroups"),
                line.number(0, 1, "enabled, 0 or 1") == 1));
      }
    }
    return List.copyOf(subsystems);
  }
}
