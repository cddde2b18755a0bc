package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.pinning.CpuLedger;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The limits of a live run: what it is to have, and the way to change it. Thread-safe; one change
/// at a time.
final class RunLimits {
  private final Cgroup cgroup;
  private final RunId run;
  private final CpuLedger ledger;
  private final Supplier<CpuSet> allCpus;
  private final Supplier<CpuSet> taken;
  private Limits current;

  /// @param given what the cgroup has now
  /// @param allCpus those that a run may use that is not pinned
  /// @param taken those that other isolators' runs are pinned to
  RunLimits(
      Cgroup cgroup,
      RunId run,
      CpuLedger ledger,
      Limits given,
      Supplier<CpuSet> allCpus,
      Supplier<CpuSet> taken) {
    this.allCpus = allCpus;
    this.taken = taken;
    this.cgroup = cgroup;
    this.run = run;
    this.ledger = ledger;
    current = given;
  }

  synchronized Run.LimitUpdate update(Limits change) {
    Limits next = next(change);
    Optional<String> deferred = guarded(() -> writer().update(next));
    if (current.cpuMode() == CpuMode.PINNED && next.cpuMode() != CpuMode.PINNED) {
      guarded(() -> {
        writer().unpin(next.cpusetCpus().orElseGet(allCpus));
        ledger.release(run);
        return next;
      });
    }
    current = next;
    return new Run.LimitUpdate(deferred);
  }

  synchronized Run.LimitUpdate plan(Limits change) {
    Limits next = next(change);
    return new Run.LimitUpdate(guarded(() -> writer().plan(next)));
  }

  /// @throws IsolatorException when it is to run on CPUs that it may not use
  private Limits next(Limits change) {
    if (!change.cpusetCpus().equals(current.cpusetCpus())) {
      change.cpusetCpus().ifPresent(this::requireCpus);
    }
    return current.with(change);
  }

  private void requireCpus(CpuSet asked) {
    CpuSet all = guarded(allCpus);
    CpuSet absent = asked.minus(all);
    if (!absent.isEmpty()) {
      throw new IsolatorException("cpu " + absent + " cannot be used: those that can are " + all);
    }
  }

  synchronized List<String> restore() {
    return guarded(() -> writer().restore(current));
  }

  private LimitWriter writer() {
    return new LimitWriter(cgroup, run, ledger, taken);
  }

  private static <T> T guarded(Supplier<T> change) {
    try {
      return change.get();
    } catch (CgroupException.NotFound ended) {
      throw new IsolatorException("the run has ended", ended);
    } catch (CgroupException refused) {
      throw new IsolatorException("the kernel refused: " + refused.getMessage(), refused);
    }
  }
}
