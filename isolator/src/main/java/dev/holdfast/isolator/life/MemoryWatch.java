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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

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
/// Used by the run's thread alone, but for the action of the watch and [#leaveNestedToKernel].
final class MemoryWatch implements AutoCloseable {
  /// The kernel charges in batches of 64 pages a CPU: a cgroup at its limit may read that much
  /// less.
  private static final long NEAR_LIMIT = 2L << 20;

  /// How long after the kernel's word that its limit was final an end counts as the limit's doing.
  private static final Duration JUST_NOW = Duration.ofSeconds(1);

  /// Between two pictures of a run that lives at its limit by dropping page cache.
  private static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(200);

  private final MemoryController memory;
  private final OomScene scene;
  private final OomMode mode;
  private final List<MemoryController> above;
  private final long oomsAboveBefore;
  private Optional<CgroupFs.Watch> watch = Optional.empty();
  private Optional<OomScene.Snapshot> lastSnapshot = Optional.empty();
  private long limitHitsSeen;
  private boolean ancestorRanOut;

  /// v1: for a time the kernel's killer was on, although the run is to be described.
  private boolean wasUnwatched;

  /// By the system's nano time; empty before the first.
  private volatile OptionalLong noticed = OptionalLong.empty();

  private volatile boolean closed;

  private MemoryWatch(
      MemoryController memory, List<MemoryController> above, OomScene scene, OomMode mode) {
    this.memory = memory;
    this.above = above;
    this.scene = scene;
    this.mode = mode;
    oomsAboveBefore = oomsAbove();
  }

  /// Begins to watch a new run; empty without a memory controller.
  ///
  /// @param root the cgroup of all runs, whose limit is not the run's own
  /// @param notice runs on the kernel-events thread when [#inspect] has something to look at
  static Optional<MemoryWatch> start(
      Cgroup cgroup, Cgroup root, ProcFs proc, OomMode mode, Runnable notice) {
    Optional<MemoryWatch> watch = of(cgroup, root, proc, mode);
    watch.ifPresent(it -> it.begin(notice));
    return watch;
  }

  /// Goes on watching a run that nobody has watched for a time.
  static Optional<MemoryWatch> resume(
      Cgroup cgroup, Cgroup root, ProcFs proc, OomMode mode, Runnable notice) {
    Optional<MemoryWatch> watch = afterwards(cgroup, root, proc, mode);
    watch.ifPresent(it -> it.begin(notice));
    return watch;
  }

  /// Only for the [#evidence] of a run that has ended unwatched.
  static Optional<MemoryWatch> afterwards(Cgroup cgroup, Cgroup root, ProcFs proc, OomMode mode) {
    Optional<MemoryWatch> watch = of(cgroup, root, proc, mode);
    watch.ifPresent(it -> it.wasUnwatched = true);
    return watch;
  }

  private static Optional<MemoryWatch> of(Cgroup cgroup, Cgroup root, ProcFs proc, OomMode mode) {
    return cgroup
        .memory()
        .map(memory -> new MemoryWatch(memory, upwards(root), new OomScene(cgroup, proc), mode));
  }

  /// Those that count how often their cap was final: none on v1, which tells everybody below.
  private static List<MemoryController> upwards(Cgroup root) {
    if (root.memory().map(MemoryController::countsOwnOoms).orElse(false)) {
      return all(root);
    }
    return List.of();
  }

  private static List<MemoryController> all(Cgroup root) {
    return Stream.iterate(Optional.of(root), Optional::isPresent, it -> it.flatMap(Cgroup::parent))
        .flatMap(it -> it.flatMap(Cgroup::memory).stream())
        .toList();
  }

  private void begin(Runnable notice) {
    if (mode == OomMode.REPORT) {
      memory.oom().killerSwitch().ifPresent(OomControl.KillerSwitch::turnKillerOff);
      memory.oom().killTogether();
    }
    watch =
        Optional.of(
            memory
                .oom()
                .watch(() -> {
                  noticed = OptionalLong.of(System.nanoTime());
                  notice.run();
                }));
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
    if (isUnwatched()) {
      boolean wasOff = killer.isOff();
      // Before the look: what it kills after that would be nobody's.
      killer.turnKillerOff();
      if (memory.oomKills() > 0 && hasTouchedLimit()) {
        wasUnwatched = true;
        return Optional.of(report());
      }
      // A kill that the kernel has begun is counted only now.
      wasUnwatched = !wasOff;
    }
    if (noticed.isEmpty() && !killer.underOom()) {
      return Optional.empty(); // the look that begins a watch: nobody is held
    }
    if (!isAtLimit()) {
      // In kernel mode the victim has gone, and with it what it held, before anybody can look.
      ancestorRanOut |= !wasUnwatched && (mode == OomMode.REPORT || !hasTouchedLimit());
      return Optional.empty();
    }
    boolean held = mode == OomMode.REPORT && killer.underOom();
    if (held || mode == OomMode.KERNEL) {
      lastSnapshot = Optional.of(scene.snapshot(memory, Policy.OOM_REPORT_TIMEOUT));
    }
    return held ? Optional.of(scene.report(memory, lastSnapshot, true)) : Optional.empty();
  }

  /// Whether the kernel's killer decided for a time: nobody watched, or this process stood still,
  /// and the launcher turned it on.
  private boolean isUnwatched() {
    return mode == OomMode.REPORT
        && (wasUnwatched || !memory.oom().killerSwitch().map(it -> it.isOff()).orElse(true));
  }

  /// By usage alone: v1 does not count hits of the cap on memory and swap when both caps are equal.
  private boolean isAtLimit() {
    Optional<Bytes> limit = memory.limit().value();
    if (limit.isPresent() && memory.usage().count() >= limit.get().count() - NEAR_LIMIT) {
      return true;
    }
    Optional<Bytes> both = memory.memoryAndSwapLimit().flatMap(Limit::value);
    return both.isPresent() && memory.usageWithSwap().count() >= both.get().count() - NEAR_LIMIT;
  }

  private Optional<OomReport> inspectCounters() {
    MemoryController.Events events = memory.events();
    if (events.ownOoms().orElse(0) > 0 && mode == OomMode.REPORT) {
      return Optional.of(report());
    }
    if (events.limitHits() > limitHitsSeen && isSnapshotOld()) {
      limitHitsSeen = events.limitHits();
      lastSnapshot = Optional.of(scene.snapshot(memory, Policy.OOM_REPORT_TIMEOUT));
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
  /// @param kills processes that it ended
  /// @param decides whether the run reached a limit at which it is to end, so that a leader that
  ///   failed over it failed for that: it was held there, or it is to be reported on and lost
  ///   processes there while nobody watched
  record Evidence(long kills, Verdict.Scope scope, Optional<OomReport> report, boolean decides) {
    static final Evidence NONE = new Evidence(0, Verdict.Scope.HOST, Optional.empty(), false);
  }

  /// To be asked when the run ends, before the cgroup is destroyed.
  Evidence evidence() {
    try {
      if (memory.oomKills() == 0) {
        return Evidence.NONE;
      }
      MemoryController.Events events = memory.events();
      Verdict.Scope scope = scope(events);
      boolean decides = mode == OomMode.REPORT && scope == Verdict.Scope.OWN_LIMIT;
      return new Evidence(events.oomKills(), scope, Optional.of(report()), decides);
    } catch (CgroupException unreadable) {
      return Evidence.NONE;
    }
  }

  /// The same for a run whose leader ended by itself. While processes are held at the limit, a
  /// system call of the leader that needs memory fails: it may end over that before we have looked.
  ///
  /// @param fault whether it was by a fault, which the kernel may give without a word to us: it
  ///   tells of its limit when a process has to wait there, and this one could not wait
  Evidence evidenceOfOwnEnd(boolean fault) {
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
      if (held.isPresent()) {
        return new Evidence(0, Verdict.Scope.OWN_LIMIT, held, true);
      }
      return wasHeldJustNow() || (fault && stoodAtLimit())
          ? new Evidence(0, Verdict.Scope.OWN_LIMIT, Optional.of(reportOfNow()), true)
          : Evidence.NONE;
    } catch (CgroupException unreadable) {
      return Evidence.NONE;
    }
  }

  /// What the leader held gives the others room when it ends: none of them waits any more.
  private boolean wasHeldJustNow() {
    boolean recently =
        noticed.isPresent() && System.nanoTime() - noticed.getAsLong() < JUST_NOW.toNanos();
    return recently && hasKillerSwitch() && hasTouchedLimit();
  }

  /// By memory that the kernel cannot drop: a run that lives at its limit by page cache still has
  /// that. The counters of hits stay at 0 where the caps on memory, and on memory and swap, are
  /// equal.
  private boolean stoodAtLimit() {
    return hasKillerSwitch() && hasTouchedLimit(memory.stat().pageCache());
  }

  private OomReport reportOfNow() {
    lastSnapshot = Optional.of(scene.snapshot(memory, Policy.OOM_REPORT_TIMEOUT));
    return report();
  }

  private Verdict.Scope scope(MemoryController.Events events) {
    boolean own =
        events.ownOoms().isPresent()
            ? events.ownOoms().getAsLong() > 0
            : (mode == OomMode.KERNEL || isUnwatched()) && !ancestorRanOut && hasTouchedLimit();
    if (own) {
      return Verdict.Scope.OWN_LIMIT;
    }
    return ancestorRanOut || oomsAbove() > oomsAboveBefore
        ? Verdict.Scope.ANCESTOR
        : Verdict.Scope.HOST;
  }

  /// v1 does not count how often its own cap was final: the peak must do.
  private boolean hasTouchedLimit() {
    return hasTouchedLimit(0);
  }

  /// @param droppable bytes of the peak that do not count
  private boolean hasTouchedLimit(long droppable) {
    Optional<Bytes> limit = memory.limit().value();
    Optional<Bytes> peak = memory.peak();
    return limit.isPresent()
        && peak.isPresent()
        && peak.get().count() - droppable >= limit.get().count() - NEAR_LIMIT;
  }

  /// How often a cap of the root or above it was final.
  private long oomsAbove() {
    return above.stream().mapToLong(MemoryWatch::ooms).sum();
  }

  private static long ooms(MemoryController memory) {
    try {
      return memory.events().ownOoms().orElse(0);
    } catch (CgroupException unreadable) {
      return 0;
    }
  }

  /// Whether the kernel's killer is off, and so in cgroups that the workload makes inside the run.
  boolean hasKillerSwitch() {
    return mode == OomMode.REPORT && memory.oom().killerSwitch().isPresent();
  }

  /// Turns the kernel's killer on in cgroups that the workload made inside the run; returns false
  /// when this has been closed. On any thread.
  boolean leaveNestedToKernel() {
    if (closed) {
      return false;
    }
    try {
      memory.oom().killerSwitch().ifPresent(OomControl.KillerSwitch::turnKillerOnBelow);
      return true;
    } catch (CgroupException refused) {
      return true; // looked at again in a second
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
    closed = true;
    watch.ifPresent(CgroupFs.Watch::close);
  }
}
