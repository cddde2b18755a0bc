package dev.holdfast.linux.proc;

import java.util.ArrayList;
import java.util.List;

/// The cgroup of a process in one hierarchy: a line of `/proc/PID/cgroup`, cgroups(7).
///
/// @param hierarchyId as in `/proc/cgroups`; 0 for the v2 hierarchy
/// @param controllers attached to a v1 hierarchy; `name=systemd` stays as it is, for a hierarchy
///   without controllers; empty for v2
/// @param path from the root of the hierarchy, or, within a cgroup namespace, from the namespace's
///   root, and then it may begin with `/..`. The kernel appends ` (deleted)` to the path of a v2
///   cgroup that was removed under a process which has ended but is still there; nothing tells this
///   from a cgroup of that name
public record Membership(int hierarchyId, List<String> controllers, String path) {
  private static final String SOURCE = "/proc/PID/cgroup";

  public Membership {
    controllers = List.copyOf(controllers);
  }

  /// Parses the whole file, in the kernel's order.
  public static List<Membership> parseAll(String cgroup) {
    List<Membership> memberships = new ArrayList<>();
    Cursor line = new Cursor(SOURCE, cgroup);
    while (line.nextLine()) {
      int hierarchyId = hierarchyId(line);
      List<String> controllers = Cursor.parts(line.upTo(':', "controllers and ':'"));
      if (!line.startsWith('/')) {
        throw line.malformed("an absolute path");
      }
      memberships.add(new Membership(hierarchyId, controllers, line.rest()));
    }
    return List.copyOf(memberships);
  }

  private static int hierarchyId(Cursor line) {
    String expected = "a hierarchy id and ':'";
    return Cursor.within(SOURCE, line.upTo(':', expected), 0).natural(expected);
  }
}
