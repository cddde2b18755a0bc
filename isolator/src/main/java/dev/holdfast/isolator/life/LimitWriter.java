package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.CpusetController;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.PidsController;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Host;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Writes a run's limits and reads each back: a run never has a limit that is not the one it was
/// promised.
final class LimitWriter {
  private final Cgroup cgroup;
  private final RunId run;
  private final CpuLedger ledger;
  private final Supplier<CpuSet> taken;

  LimitWriter(Cgroup cgroup, RunId run, CpuLedger ledger) {
    this(cgroup, run, ledger, () -> CpuSet.of(List.of()));
  }

  /// @param taken the CPUs that other isolators' runs are pinned to
  LimitWriter(Cgroup cgroup, RunId run, CpuLedger ledger, Supplier<CpuSet> taken) {
    this.taken = taken;
    this.cgroup = cgroup;
    this.run = run;
    this.ledger = ledger;
  }

  /// Sets the limits of a cgroup in which nothing runs yet.
  void apply(Limits limits) {
    applyCpu(limits);
    limits.memory().ifPresent(asked -> applyMemory(Policy.memory(asked), limits));
    limits.memoryReservation().ifPresent(asked -> memory().setReservation(asked));
    limits.pids().ifPresent(this::applyPids);
  }

  /// Changes the limits of a live run; `limits` are all that it is to have. The hard memory limit
  /// is raised at once; it is lowered only while no more is in use, or could be reclaimed, since
  /// the kernel would otherwise kill what was allowed a moment ago. One that has to wait keeps the
  /// run from growing, as far as the kernel can: call it again.
  ///
  /// @return why the memory limit stays as it was; empty when it doesn't
  Optional<String> update(Limits limits) {
    requireControllers(limits);
    applyCpu(limits);
    if (limits.cpus().isPresent() && limits.cpuMode() != CpuMode.QUOTA) {
      cgroup.cpu().ifPresent(LimitWriter::liftCap);
    }
    limits
        .pids()
        .filter(limit -> !pids().limit().equals(Limit.at(limit)))
        .ifPresent(this::applyPids);
    Optional<String> deferred =
        limits.memory().flatMap(asked -> updateMemory(Policy.memory(asked), limits));
    limits.memoryReservation().ifPresent(asked -> memory().setReservation(asked));
    return deferred;
  }

  /// Why [#update] would leave the memory limit as it is; empty when it would not.
  ///
  /// @throws IsolatorException what [#update] would, but for what only the kernel knows
  Optional<String> plan(Limits limits) {
    requireControllers(limits);
    if (limits.cpuMode() == CpuMode.PINNED) {
      limits.cpus().ifPresent(cpus -> ledger.check(run, cpus, taken.get()));
    }
    return limits
        .memory()
        .map(Policy::memory)
        .flatMap(limit -> tooMuchInUse(limit, memoryAndSwap(limit, limits.memoryAndSwap())));
  }

  /// Sets what somebody else has changed; tells of each in one sentence.
  List<String> restore(Limits limits) {
    List<String> found = new ArrayList<>();
    limits.cpus().ifPresent(cpus -> restoreCpus(cpus, limits, found));
    limits.cpusetCpus().ifPresent(cpus -> restore("cpus to run on", cpus, cpuset().cpus(), found));
    limits
        .memory()
        .map(Policy::memory)
        .ifPresent(limit -> restoreMemory(limit, limits.memoryAndSwap(), found));
    limits
        .memoryReservation()
        .map(LimitWriter::wholePages)
        .ifPresent(kept -> restore("memory reservation", kept, memory().reservation(), found));
    limits
        .pids()
        .ifPresent(limit -> restore("limit on pids", Limit.at(limit), pids().limit(), found));
    if (!found.isEmpty()) {
      update(limits).ifPresent(found::add);
    }
    return found;
  }

  private void restoreCpus(Cpus cpus, Limits limits, List<String> found) {
    cgroup
        .cpu()
        .ifPresent(cpu -> {
          restore("cpu weight", Policy.shares(cpus).weight(), cpu.shares().weight(), found);
          if (limits.cpuMode() == CpuMode.QUOTA) {
            restore("cpu quota", Limit.at(Policy.bandwidth(cpus)), cpu.bandwidth(), found);
            limits.cpuBurst().ifPresent(burst -> restoreBurst(burst, cpu, found));
          }
        });
    if (limits.cpuMode() == CpuMode.PINNED) {
      restore("cpus to run on", ledger.cpus(run), cpuset().cpus(), found);
    }
  }

  /// As the kernel counts it.
  private static void restoreBurst(Duration burst, CpuController cpu, List<String> found) {
    cpu.burst()
        .ifPresent(is -> restore("cpu burst", burst.truncatedTo(ChronoUnit.MICROS), is, found));
  }

  /// While more is in use than was asked for it waits, and is no drift. Asked last, since it takes
  /// longer than all else and nearly always nothing has changed.
  private void restoreMemory(Bytes limit, Optional<Limit<Bytes>> asked, List<String> found) {
    Limit<Bytes> both = memoryAndSwap(limit, asked);
    List<String> changed = new ArrayList<>();
    restore("memory limit", Limit.at(limit), memory().limit(), changed);
    memory()
        .memoryAndSwapLimit()
        .ifPresent(is -> restore("limit on memory and swap", both, is, changed));
    if (!changed.isEmpty() && tooMuchInUse(limit, both).isEmpty()) {
      found.addAll(changed);
    }
  }

  private static Bytes wholePages(Bytes reservation) {
    return new Bytes(reservation.count() / Host.pageSize() * Host.pageSize());
  }

  private static void restore(String what, Object wanted, Object found, List<String> sentences) {
    if (!wanted.equals(found)) {
      sentences.add(
          "the " + what + " was " + found + ", not " + wanted + " as it was set: set again");
    }
  }

  /// Lets a run that was pinned use all CPUs again.
  void unpin(CpuSet all) {
    cpuset().setCpus(all);
  }

  private void applyCpu(Limits limits) {
    limits.cpus().ifPresent(cpus -> applyCpus(cpus, limits));
    limits.cpusetCpus().ifPresent(this::applyCpuset);
  }

  private void applyCpus(Cpus cpus, Limits limits) {
    if (limits.cpuMode() != CpuMode.PINNED || cgroup.cpu().isPresent()) {
      applyShares(cpu(), Policy.shares(cpus));
    }
    if (limits.cpuMode() == CpuMode.QUOTA) {
      CpuController cpu = cpu();
      Limit<CpuBandwidth> bandwidth = Limit.at(Policy.bandwidth(cpus));
      cpu.setBandwidth(bandwidth);
      verify("cpu quota", bandwidth, cpu.bandwidth());
      limits.cpuBurst().ifPresent(cpu::setBurst);
    }
    if (limits.cpuMode() == CpuMode.PINNED) {
      applyCpuset(ledger.assign(run, cpus, taken.get()));
    }
  }

  private static void applyShares(CpuController cpu, CpuShares shares) {
    cpu.setShares(shares);
    // As weights: v2 knows no finer shares.
    verify("cpu shares", shares.weight(), cpu.shares().weight());
  }

  /// For a run that had a quota and now has none.
  private static void liftCap(CpuController cpu) {
    try {
      if (cpu.bandwidth().value().isPresent()) {
        cpu.setBandwidth(Limit.unlimited());
      }
    } catch (CgroupException.NotFound withoutCfsBandwidth) {
      return; // then there never was one
    }
  }

  private void applyCpuset(CpuSet cpus) {
    CpusetController cpuset = cpuset();
    cpuset.setCpus(cpus);
    verify("cpus to run on", cpus, cpuset.cpus());
  }

  private void applyMemory(Bytes limit, Limits limits) {
    MemoryController memory = memory();
    if (limits.memoryReservation().isEmpty()) {
      memory.setSoftLimit(limit);
    }
    Limit<Bytes> both = memoryAndSwap(limit, limits.memoryAndSwap());
    try {
      memory.setLimits(Limit.at(limit), Optional.of(both));
    } catch (CgroupException.NotFound noSwapAccounting) {
      if (limits.memoryAndSwap().flatMap(Limit::value).isPresent()) {
        throw new IsolatorException(
            "the kernel does not account swap: boot with swapaccount=1 to limit it",
            noSwapAccounting);
      }
      memory.setLimits(Limit.at(limit), Optional.empty());
    }
    verify("memory limit", Limit.at(limit), memory.limit());
    memory.memoryAndSwapLimit().ifPresent(found -> verify("limit on memory and swap", both, found));
  }

  /// Without a word on swap it is no way around the memory limit.
  private static Limit<Bytes> memoryAndSwap(Bytes limit, Optional<Limit<Bytes>> asked) {
    Optional<Limit<Bytes>> rounded =
        asked.map(both ->
            both.value().isEmpty()
                ? both
                : Limit.at(
                    new Bytes(Math.max(Policy.memory(both.value().get()).count(), limit.count()))));
    return rounded.orElse(Limit.at(limit));
  }

  private Optional<String> updateMemory(Bytes limit, Limits limits) {
    Optional<String> tooMuch = tooMuchInUse(limit, memoryAndSwap(limit, limits.memoryAndSwap()));
    if (tooMuch.isPresent()) {
      keepFromGrowing(limit);
      return tooMuch;
    }
    // v2 kills for what is above a new hard limit: nobody is to grow between the look and the
    // write.
    memory().reclaimAbove(Limit.at(limit));
    Limit<Bytes> before = memory().limit();
    try {
      applyMemory(limit, limits);
    } catch (CgroupException.Busy grownMeanwhile) {
      memory().setLimits(before, Optional.empty());
      keepFromGrowing(limit);
      return Optional.of(stays(limit, memory().usage()));
    } catch (RuntimeException refused) {
      letGrow(refused);
      throw refused;
    }
    memory().reclaimAbove(Limit.unlimited());
    return Optional.empty();
  }

  private void letGrow(RuntimeException after) {
    try {
      memory().reclaimAbove(Limit.unlimited());
    } catch (CgroupException alsoRefused) {
      after.addSuppressed(alsoRefused);
    }
  }

  /// While a limit waits, until it is set. Not below what is in use: who is above would stand still
  /// at every page that it touches, and could not even give its memory back.
  private void keepFromGrowing(Bytes limit) {
    memory().setSoftLimit(limit);
    Bytes usage = memory().usage();
    memory().reclaimAbove(Limit.at(usage.compareTo(limit) > 0 ? usage : limit));
  }

  /// Page cache is no reason: the kernel drops it to make room.
  private Optional<String> tooMuchInUse(Bytes limit, Limit<Bytes> memoryAndSwap) {
    MemoryController memory = memory();
    Bytes usage = memory.usage();
    if (isWithin(Limit.at(limit), usage) && isWithin(memoryAndSwap, memory.usageWithSwap())) {
      return Optional.empty(); // whatever of it is page cache, which takes longer to find out
    }
    MemoryController.Stat stat = memory.stat();
    Bytes held = new Bytes(Math.max(usage.count() - stat.pageCache(), 0));
    if (!isWithin(Limit.at(limit), held)) {
      return Optional.of(stays(limit, usage));
    }
    Bytes swap = new Bytes(stat.swap().orElse(0));
    return isWithin(memoryAndSwap, held.plus(swap))
        ? Optional.empty()
        : memoryAndSwap.value().map(both -> stays(both, usage.plus(swap)));
  }

  private static boolean isWithin(Limit<Bytes> limit, Bytes amount) {
    return limit.value().map(most -> amount.compareTo(most) <= 0).orElse(true);
  }

  private String stays(Bytes limit, Bytes usage) {
    return "the memory limit stays at "
        + memory().limit()
        + ": "
        + usage
        + " are in use, more than the "
        + limit
        + " asked for";
  }

  private void applyPids(long limit) {
    PidsController pids = pids();
    pids.setLimit(Limit.at(limit));
    verify("limit on pids", Limit.at(limit), pids.limit());
  }

  private CpuController cpu() {
    return cgroup.cpu().orElseThrow(() -> missing(Controller.CPU));
  }

  private CpusetController cpuset() {
    return cgroup.cpuset().orElseThrow(() -> missing(Controller.CPUSET));
  }

  private MemoryController memory() {
    return cgroup.memory().orElseThrow(() -> missing(Controller.MEMORY));
  }

  private PidsController pids() {
    return cgroup.pids().orElseThrow(() -> missing(Controller.PIDS));
  }

  /// Before anything is written: a change is made as a whole or not at all.
  private void requireControllers(Limits limits) {
    for (Controller needed : limits.controllers()) {
      if (!isUnder(needed)) {
        throw missing(needed);
      }
    }
  }

  private boolean isUnder(Controller controller) {
    return switch (controller) {
      case CPU -> cgroup.cpu().isPresent();
      case CPUSET -> cgroup.cpuset().isPresent();
      case MEMORY -> cgroup.memory().isPresent();
      case PIDS -> cgroup.pids().isPresent();
      case CPUACCT, IO, FREEZER -> throw new AssertionError("no limit is of " + controller);
    };
  }

  private static IsolatorException missing(Controller controller) {
    return new IsolatorException(
        "the run is not under the "
            + controller
            + " controller"
            + (controller == Controller.CPUSET
                ? ": it was launched without a list of cpus and not pinned"
                : ""));
  }

  private static void verify(String what, Object written, Object found) {
    if (!written.equals(found)) {
      throw new IsolatorException("the kernel made " + found + " of the " + what + " " + written);
    }
  }
}
