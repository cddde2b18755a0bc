package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.linux.proc.ProcFs;
import java.time.Duration;
import java.util.Optional;

/// Watches one run's memory, and tells its own limit's doing from that of a cgroup above and of the
/// host.
///
/// v1, report mode: the kernel's killer is off for the cgroup while this watches, so that a run at
/// its limit stands still and can be described. A limit above may run out at the same time: then
/// the run is not near its own, and the kernel's killer at that level decides.
///
/// v2: the kernel kills. Each time the limit stands in the way the processes are looked at, so that
/// there is a picture, with its age, when it does.
///
/// Used by the run's thread alone, but for the action of the watch.
final class MemoryWatch implements AutoCloseable {
  /// The kernel charges in batches of 64 pages a CPU: a cgroup at its limit may read that much
  /// less.
  private static final long NEAR_LIMIT = 2L << 20;

  /// Between two pictures of a run that lives at its limit by dropping page cache.
  private static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(200);

  private final MemoryController memory;
  private final OomScene scene;
  private final OomMode mode;
  private final CgroupFs.Watch watch;
  private final Optional<MemoryController> above;
  private final long oomsAboveBefore;
  private Optional<OomScene.Snapshot> lastSnapshot = Optional.empty();
  private long limitHitsSeen;
  private boolean ancestorRanOut;

  private MemoryWatch(
      MemoryController memory,
      Optional<MemoryController> above,
      OomScene scene,
      OomMode mode,
      Runnable notice) {
    this.memory = memory;
    this.above = above;
    this.scene = scene;
    this.mode = mode;
    oomsAboveBefore = oomsAbove();
    if (mode == OomMode.REPORT) {
      memory.oom().killerSwitch().ifPresent(OomControl.KillerSwitch::turnKillerOff);
      memory.oom().killTogether();
    }
    watch = memory.oom().watch(notice);
  }

  /// Begins to watch; empty without a memory controller.
  ///
  /// @param root the cgroup of all runs, whose limit is not the run's own
  /// @param notice runs on the kernel-events thread when [#inspect] has something to look at
  static Optional<MemoryWatch> start(
      Cgroup cgroup, Cgroup root, ProcFs proc, OomMode mode, Runnable notice) {
    return cgroup
        .memory()
        .map(memory ->
            new MemoryWatch(memory, root.memory(), new OomScene(cgroup, proc), mode, notice));
  }

  /// Looks at what was announced; a report when the run has to end for it.
  Optional<OomReport> inspect() {
    try {
      Optional<OomControl.KillerSwitch> killer = memory.oom().killerSwitch();
      return killer.isPresent() ? inspectHeld(killer.get()) : inspectCounters();
    } catch (CgroupException.NotFound removed) {
      return Optional.empty(); // the kernel announces a cgroup's removal, too
    } catch (CgroupException unreadable) {
      leaveToKernel();
      return Optional.empty();
    }
  }

  /// A run that is held at its limit and cannot be looked at would hang for ever.
  private void leaveToKernel() {
    try {
      memory.oom().killerSwitch().ifPresent(OomControl.KillerSwitch::turnKillerOn);
    } catch (CgroupException refused) {
      return; // the launcher's turn, once we are gone
    }
  }

  private Optional<OomReport> inspectHeld(OomControl.KillerSwitch killer) {
    if (!isAtLimit()) {
      // In kernel mode the victim has gone, and with it what it held, before anybody can look.
      ancestorRanOut |= mode == OomMode.REPORT || !hasTouchedLimit();
      return Optional.empty();
    }
    boolean held = mode == OomMode.REPORT && killer.underOom();
    if (held || mode == OomMode.KERNEL) {
      lastSnapshot = Optional.of(scene.snapshot(Policy.OOM_REPORT_TIMEOUT));
    }
    return held ? Optional.of(scene.report(memory, lastSnapshot, true)) : Optional.empty();
  }

  /// By usage alone: v1 does not count hits of the cap on memory and swap when both caps are equal.
  private boolean isAtLimit() {
    Optional<Bytes> limit = memory.limit().value();
    if (limit.isPresent() && memory.usage().count() >= limit.get().count() - NEAR_LIMIT) {
      return true;
    }
    Optional<Bytes> both = memory.memoryAndSwapLimit().flatMap(Limit::value);
    if (both.isEmpty()) {
      return false;
    }
    long swap = memory.stat().swap().orElse(0);
    return memory.usage().count() + swap >= both.get().count() - NEAR_LIMIT;
  }

  private Optional<OomReport> inspectCounters() {
    MemoryController.Events events = memory.events();
    if (events.ownOoms().orElse(0) > 0 && mode == OomMode.REPORT) {
      return Optional.of(report());
    }
    if (events.limitHits() > limitHitsSeen && isSnapshotOld()) {
      limitHitsSeen = events.limitHits();
      lastSnapshot = Optional.of(scene.snapshot(Policy.OOM_REPORT_TIMEOUT));
    }
    return Optional.empty();
  }

  private boolean isSnapshotOld() {
    return lastSnapshot.isEmpty()
        || System.nanoTime() - lastSnapshot.get().takenAtNanos() > SNAPSHOT_INTERVAL.toNanos();
  }

  private OomReport report() {
    return scene.report(memory, lastSnapshot, false);
  }

  /// What the kernel's OOM killer did to the run.
  ///
  /// @param kills processes that it ended; with none, but a report, they were held at the limit
  record Evidence(long kills, Verdict.Scope scope, Optional<OomReport> report) {
    static final Evidence NONE = new Evidence(0, Verdict.Scope.HOST, Optional.empty());
  }

  /// To be asked when the run ends, before the cgroup is destroyed.
  Evidence evidence() {
    try {
      MemoryController.Events events = memory.events();
      if (events.oomKills() == 0) {
        return Evidence.NONE;
      }
      return new Evidence(events.oomKills(), scope(events), Optional.of(report()));
    } catch (CgroupException unreadable) {
      return Evidence.NONE;
    }
  }

  /// The same for a run whose leader ended by itself. While processes are held at the limit, a
  /// system call of the leader that needs memory fails: it may end over that before we have looked.
  Evidence evidenceOfOwnEnd() {
    Evidence killed = evidence();
    if (killed.kills() > 0) {
      return killed;
    }
    try {
      Optional<OomReport> held =
          memory
              .oom()
              .killerSwitch()
              .filter(OomControl.KillerSwitch::underOom)
              .flatMap(this::inspectHeld);
      return held.isPresent() ? new Evidence(0, Verdict.Scope.OWN_LIMIT, held) : Evidence.NONE;
    } catch (CgroupException unreadable) {
      return Evidence.NONE;
    }
  }

  private Verdict.Scope scope(MemoryController.Events events) {
    boolean own =
        events.ownOoms().isPresent()
            ? events.ownOoms().getAsLong() > 0
            : mode == OomMode.KERNEL && !ancestorRanOut && hasTouchedLimit();
    if (own) {
      return Verdict.Scope.OWN_LIMIT;
    }
    return ancestorRanOut || oomsAbove() > oomsAboveBefore
        ? Verdict.Scope.ANCESTOR
        : Verdict.Scope.HOST;
  }

  /// v1 does not count how often its own cap was final: the peak must do.
  private boolean hasTouchedLimit() {
    Optional<Bytes> limit = memory.limit().value();
    Optional<Bytes> peak = memory.peak();
    return limit.isPresent()
        && peak.isPresent()
        && peak.get().count() >= limit.get().count() - NEAR_LIMIT;
  }

  /// How often the root's cap was final; 0 on v1, which tells everybody below at once.
  private long oomsAbove() {
    try {
      return above.map(root -> root.events().ownOoms().orElse(0)).orElse(0L);
    } catch (CgroupException unreadable) {
      return 0;
    }
  }

  /// Turns the kernel's killer on in cgroups that the workload made inside the run.
  void leaveNestedToKernel() {
    if (mode != OomMode.REPORT) {
      return;
    }
    try {
      memory.oom().killerSwitch().ifPresent(OomControl.KillerSwitch::turnKillerOnBelow);
    } catch (CgroupException refused) {
      return; // looked at again in a second
    }
  }

  /// The file by which the launcher turns the killer on when nobody watches any more.
  Optional<java.nio.file.Path> killerSwitchFile() {
    return mode == OomMode.REPORT
        ? memory.oom().killerSwitch().map(OomControl.KillerSwitch::file)
        : Optional.empty();
  }

  @Override
  public void close() {
    watch.close();
  }
}
