package dev.holdfast.cgroup;

import java.nio.file.Path;
import java.util.Optional;

/// What happens to a cgroup that runs out of memory.
public interface OomControl {
  /// v1's switch that turns the kernel's OOM killer off for the cgroup, so that its processes wait
  /// at the limit and can be looked at. Absent on v2, which has none.
  Optional<KillerSwitch> killerSwitch();

  /// Asks the kernel to kill the whole cgroup when it kills any of it: `memory.oom.group`, v2 since
  /// Linux 4.19. Does nothing on v1.
  void killTogether();

  /// Runs `action` on each out-of-memory event, and on signs that one is near where the kernel
  /// gives any (v2: each time the cap stands in the way).
  CgroupFs.Watch watch(Runnable action);

  /// Memory pressure and OOM notifications arrive in any order: the receiver reads the counters.
  interface KillerSwitch {
    /// Writing `0` here turns the killer on.
    Path file();

    void turnKillerOff();

    /// Repeatable.
    void turnKillerOn();

    /// Whether it is off.
    boolean isOff();

    /// Turns it on in the cgroups below, which have inherited the setting: a workload's own nested
    /// limit would hold its processes where nobody watches.
    void turnKillerOnBelow();

    /// Whether processes wait at the limit right now.
    boolean underOom();
  }
}
