package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.proc.ProcFs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Kills whatever is in a cgroup and below it, and removes it.
///
/// `cgroup.kill` where there is one: the kernel hits forks under way, too. Otherwise freeze,
/// SIGKILL to each, thaw: a frozen fork bomb cannot outrun the list. Removal is tried until it
/// works, since SIGKILL returns before the processes have left. Nothing stays frozen. Every step
/// may be repeated, and is when the kernel refuses it: what it refuses to the end is in the result.
final class Destroyer {
  private static final long SHORTEST_PAUSE_NANOS = 100_000;
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  /// A pause is this part of the time that the kill has taken so far: what waits is late by as
  /// much.
  private static final int PAUSE_PART = 16;

  /// How long a freeze may take before SIGKILL is sent all the same.
  private static final Duration FREEZE_PATIENCE = Duration.ofMillis(200);

  /// How long `cgroup.kill` is trusted before processes are looked for one by one: some may have
  /// left the cgroup2 tree and stayed in another hierarchy.
  private static final Duration KILL_PATIENCE = Duration.ofMillis(100);

  /// For so long rmdir is tried again and again: for a few processes that is over sooner than a
  /// watch is set up.
  private static final Duration QUICK = Duration.ofMillis(10);

  private final Cgroup cgroup;
  private final ProcFs proc;
  private final Duration timeout;

  /// The last thing that the kernel refused, other than to remove what is in use.
  private Optional<CgroupException> refusal = Optional.empty();

  /// An interrupt waits for the end: with the flag set no pause would be one, and to wait for the
  /// last process would take a whole CPU.
  private boolean interrupted;

  Destroyer(Cgroup cgroup, ProcFs proc, Duration timeout) {
    this.cgroup = cgroup;
    this.proc = proc;
    this.timeout = timeout;
  }

  /// @param failure what is left, and why
  record Result(KillReceipt receipt, Optional<String> failure) {}

  /// Goes on to its own deadline when it is interrupted: half a kill helps nobody.
  Result destroy() {
    try {
      return destroy(System.nanoTime());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Result destroy(long started) {
    KillReceipt.Mechanism mechanism = KillReceipt.Mechanism.NONE;
    Set<Integer> pids = Set.of();
    List<KillReceipt.Victim> victims = List.of();
    Optional<String> failure = Optional.empty();
    if (!tryRemove()) {
      pids = killable();
      victims = victims(pids);
      mechanism = killAndRemove(started);
      failure = describeRest();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    return new Result(new KillReceipt(mechanism, pids.size(), victims, took), failure);
  }

  private KillReceipt.Mechanism killAndRemove(long started) {
    boost();
    boolean killed = killAll();
    try (Emptying emptying = new Emptying(cgroup)) {
      while (!tryRemove()) {
        long elapsed = System.nanoTime() - started;
        if (elapsed > timeout.toNanos()) {
          break;
        }
        if (!killed || elapsed > KILL_PATIENCE.toNanos()) {
          killEach();
        }
        if (elapsed < QUICK.toNanos() || !emptying.await(KILL_PATIENCE)) {
          sleep(Math.clamp(elapsed / PAUSE_PART, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
        }
      }
    }
    return killed ? KillReceipt.Mechanism.CGROUP_KILL : KillReceipt.Mechanism.FREEZER;
  }

  private boolean tryRemove() {
    try {
      cgroup.remove();
      return true;
    } catch (CgroupException.Busy populated) {
      return false;
    } catch (CgroupException refused) {
      refusal = Optional.of(refused);
      return false;
    }
  }

  /// Whom `cgroup.kill` ends, as one list tells: to put those of all hierarchies together would
  /// hold the kill up.
  private Set<Integer> killable() {
    return read(() -> {
      Set<Integer> pids = cgroup.population().map(Cgroup.Population::processes).orElseGet(Set::of);
      return pids.isEmpty() ? cgroup.processes() : pids;
    });
  }

  private Set<Integer> processes() {
    return read(cgroup::processes);
  }

  /// Empty also when they cannot be read: the next pass reads again.
  private Set<Integer> read(Supplier<Set<Integer>> processes) {
    try {
      return processes.get();
    } catch (CgroupException refused) {
      refusal = Optional.of(refused);
      return Set.of();
    }
  }

  /// Gives a throttled victim CPU time to die with. Best effort: a cgroup may be gone in part.
  private void boost() {
    try {
      Optional<CpuController> cpu = cgroup.cpu();
      if (cpu.isPresent()) {
        if (cpu.get().bandwidth().value().isPresent()) {
          cpu.get().setBandwidth(Limit.unlimited());
        }
        cpu.get().setShares(CpuShares.MAXIMUM);
      }
    } catch (CgroupException withoutBoost) {
      return; // it dies more slowly
    }
  }

  private boolean killAll() {
    try {
      cgroup.killAll();
    } catch (CgroupException.NotFound noSuchFile) {
      return false;
    } catch (CgroupException refused) {
      refusal = Optional.of(refused);
      return false;
    }
    thaw(cgroup);
    return true;
  }

  private void killEach() {
    try {
      cgroup.freezer().ifPresent(this::freeze);
      for (int pid : processes()) {
        kill(pid);
      }
    } finally {
      thaw(cgroup);
    }
  }

  private void freeze(Freezer freezer) {
    long deadline = System.nanoTime() + FREEZE_PATIENCE.toNanos();
    try {
      while (true) {
        freezer.freeze();
        if (freezer.isFrozen() || System.nanoTime() > deadline) {
          return;
        }
        sleep(SHORTEST_PAUSE_NANOS);
      }
    } catch (CgroupException.NotFound gone) {
      return;
    } catch (CgroupException refused) {
      refusal = Optional.of(refused); // a fork may get away: there is a next pass
    }
  }

  /// With what the run froze by itself: v1's freezer holds back SIGKILL.
  private void thaw(Cgroup at) {
    try {
      at.freezer().ifPresent(Freezer::thaw);
      for (String child : at.children()) {
        thaw(at.child(child));
      }
    } catch (CgroupException.NotFound gone) {
      return;
    } catch (CgroupException refused) {
      refusal = Optional.of(refused);
    }
  }

  private static void kill(int pid) {
    if (pid > 1 && pid != ProcessHandle.current().pid()) {
      try {
        Processes.kill(pid, Signal.KILL);
      } catch (LinuxException refused) {
        return; // seen again in the next pass, and reported when it outlives the deadline
      }
    }
  }

  private List<KillReceipt.Victim> victims(Set<Integer> pids) {
    List<KillReceipt.Victim> victims = new ArrayList<>();
    for (int pid : pids) {
      if (victims.size() == KillReceipt.MOST_VICTIMS) {
        break;
      }
      proc.name(pid).ifPresent(name -> victims.add(new KillReceipt.Victim(pid, name)));
    }
    return victims;
  }

  private Optional<String> describeRest() {
    if (!cgroup.exists()) {
      return Optional.empty();
    }
    thaw(cgroup); // once more, should the last pass have failed to
    List<String> left = new ArrayList<>();
    for (int pid : processes()) {
      left.add(
          proc.stat(pid)
              .map(it -> it.comm() + " (" + pid + ", state " + it.state() + ")")
              .orElse(Integer.toString(pid)));
    }
    return Optional.of(
        "cgroup "
            + cgroup.path()
            + " could not be removed within "
            + timeout.toSeconds()
            + " s"
            + (left.isEmpty() ? "" : ", it still holds " + String.join(", ", left))
            + refusal.map(last -> "; the kernel refused: " + last.getMessage()).orElse(""));
  }

  private void sleep(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException e) {
      interrupted = true;
    }
  }
}
