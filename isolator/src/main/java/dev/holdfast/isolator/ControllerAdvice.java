package dev.holdfast.isolator;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.linux.proc.Subsystem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to do when a host lacks a controller.
final class ControllerAdvice {
  private ControllerAdvice() {}

  /// One sentence for all that are missing in the one hierarchy that may be used, by the kernel's
  /// names.
  static String missing(List<String> names, Path hierarchy) {
    return "the hierarchy at "
        + hierarchy
        + " lacks "
        + String.join(", ", names)
        + ": name one that has all controllers, or use those that the host has mounted";
  }

  /// A sentence that begins with the missing controller and ends with its cure.
  ///
  /// @param name the kernel's
  static String missing(String name, Layout layout, List<Subsystem> subsystems) {
    Optional<Controller> ours = Controller.parse(name);
    if (ours.isPresent()) {
      return missing(ours.get(), layout, subsystems);
    }
    return isEnabled(name, subsystems)
        ? "the " + name + " controller is not mounted"
        : "the kernel has no controller '" + name + "'";
  }

  /// The same for one that we use, where all mounts may be used.
  static String missing(Controller controller, Layout layout, List<Subsystem> subsystems) {
    return switch (layout) {
      case Layout.None() -> "no cgroup file system is mounted: " + mountV2();
      case Layout.V2 v2 ->
          "the "
              + controller
              + " controller is not in "
              + v2.mount().resolve("cgroup.controllers")
              + ": "
              + cureForV2(controller, v2.mount(), subsystems);
      case Layout.V1(var mounts) -> missingV1(controller, mounts, subsystems);
      case Layout.Hybrid(var mounts, _) -> missingV1(controller, mounts, subsystems);
    };
  }

  private static String missingV1(
      Controller controller, Map<Controller, Path> mounts, List<Subsystem> subsystems) {
    String head = "the " + controller + " controller is not mounted: ";
    if (!isEnabled(controller.kernelName(), subsystems)) {
      return head + enable(controller);
    }
    Path beside = mounts.values().iterator().next();
    Path target =
        beside.getParent() == null
            ? Path.of("/sys/fs/cgroup", controller.kernelName())
            : beside.resolveSibling(controller.kernelName());
    return head
        + "mkdir -p "
        + target
        + " && mount -t cgroup -o "
        + controller
        + " "
        + controller
        + " "
        + target;
  }

  private static String cureForV2(Controller controller, Path mount, List<Subsystem> subsystems) {
    if (!isEnabled(controller.kernelName(), subsystems)) {
      return enable(controller);
    }
    return "enable it from the top, echo +"
        + controller
        + " > cgroup.subtree_control in each cgroup above "
        + mount;
  }

  /// Why nothing is mounted, with its cure.
  static String noCgroups(ProcFs proc) {
    return proc.hasCgroups()
        ? "no cgroup file system is mounted: " + mountV2()
        : "the kernel has no cgroups: boot one that was built with CONFIG_CGROUPS";
  }

  static String mountV2() {
    return "mount -t cgroup2 cgroup2 /sys/fs/cgroup";
  }

  private static boolean isEnabled(String name, List<Subsystem> subsystems) {
    for (Subsystem subsystem : subsystems) {
      if (subsystem.name().equals(name)) {
        return subsystem.enabled();
      }
    }
    // Linux 6.11 and later may leave out of /proc/cgroups what v1 cannot have.
    return false;
  }

  private static String enable(Controller controller) {
    return "the kernel does not offer it; boot one that has it, without cgroup_disable="
        + controller
        + (controller == Controller.MEMORY ? " (some need cgroup_enable=memory)" : "");
  }
}
