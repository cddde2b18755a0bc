package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What a run may use, as it was asked for. An absent part is not limited. [#builder] makes one.
///
/// @param cpus more than zero
/// @param cpuMode what `cpus` means
/// @param cpuBurst unused quota that may be saved up; only with [CpuMode#QUOTA], and at most the
///   quota of one period
/// @param cpusetCpus the CPUs to run on; not with [CpuMode#PINNED]
/// @param memory more than zero; raised to [Policy#MINIMUM_MEMORY]
/// @param memoryReservation what it should keep when memory is scarce; at most `memory`
/// @param memoryAndSwap the cap on both together, at least `memory`; when absent it is `memory`,
///   where the kernel accounts swap
/// @param pids processes and threads, from 1 to [#MOST_PIDS]
public record Limits(
    Optional<Cpus> cpus,
    CpuMode cpuMode,
    Optional<Duration> cpuBurst,
    Optional<CpuSet> cpusetCpus,
    Optional<Bytes> memory,
    Optional<Bytes> memoryReservation,
    Optional<Limit<Bytes>> memoryAndSwap,
    Optional<Long> pids) {
  /// The kernel takes no limit above this (`PID_MAX_LIMIT` of a 64-bit Linux).
  public static final long MOST_PIDS = 4_194_304;

  public static final Limits NONE =
      new Limits(
          Optional.empty(),
          CpuMode.SHARES,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /// Limits nothing yet.
  public static Builder builder() {
    return new Builder(NONE);
  }

  /// Begins with these.
  public Builder toBuilder() {
    return new Builder(this);
  }

  public Limits {
    require(cpus.isEmpty() || cpus.get().millis() > 0, "cpus must be more than 0");
    require(
        cpus.isPresent() || cpuMode == CpuMode.SHARES,
        "the cpu mode " + cpuMode.word() + " needs a number of cpus");
    require(cpuBurst.isEmpty() || cpuMode == CpuMode.QUOTA, "a cpu burst needs the cpu mode quota");
    require(
        cpuBurst.isEmpty() || cpuBurst.get().compareTo(quota(cpus)) <= 0,
        () ->
            "a cpu burst of "
                + micros(cpuBurst.orElseThrow())
                + " µs is more than the quota of "
                + micros(quota(cpus))
                + " µs");
    require(
        cpusetCpus.isEmpty() || !cpusetCpus.get().isEmpty(), "the list of cpus to use is empty");
    require(
        cpusetCpus.isEmpty() || cpuMode != CpuMode.PINNED,
        "the cpu mode pinned chooses the cpus itself: it does not go with a list of them");
    require(memory.isEmpty() || memory.get().count() > 0, "memory must be more than 0");
    require(
        memoryReservation.isEmpty()
            || memory.isEmpty()
            || memoryReservation.get().compareTo(memory.get()) <= 0,
        () ->
            "the memory reservation, "
                + memoryReservation.orElseThrow()
                + ", is above the memory limit, "
                + memory.orElseThrow());
    require(
        memoryAndSwap.isEmpty() || memory.isPresent(), "a limit on swap needs a limit on memory");
    require(
        memoryAndSwap
            .flatMap(Limit::value)
            .map(both -> both.compareTo(memory.get()) >= 0)
            .orElse(true),
        () ->
            "the limit on memory and swap together, "
                + memoryAndSwap.orElseThrow()
                + ", is below the limit on memory, "
                + memory.orElseThrow());
    require(
        pids.isEmpty() || (pids.get() > 0 && pids.get() <= MOST_PIDS),
        () ->
            "the limit on pids, "
                + pids.orElseThrow()
                + ", is not a number from 1 to "
                + MOST_PIDS);
  }

  private static void require(boolean condition, String message) {
    require(condition, () -> message);
  }

  private static void require(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new IllegalArgumentException(message.get());
    }
  }

  /// These, with what `change` has in place of their own. A new number of cpus brings its mode; a
  /// burst that is more than the new quota is lowered to it, as the kernel does. Who may not swap
  /// may not with another memory limit, either.
  ///
  /// @throws IllegalArgumentException when what stays does not go with the change, in one sentence
  public Limits with(Limits change) {
    boolean newCpus = change.cpus.isPresent();
    CpuMode mode = newCpus ? change.cpuMode : cpuMode;
    return new Limits(
        newCpus ? change.cpus : cpus,
        mode,
        change.cpuBurst.or(() ->
            mode == CpuMode.QUOTA
                ? cpuBurst.map(burst -> atMostQuota(burst, newCpus ? change.cpus : cpus))
                : Optional.empty()),
        change.cpusetCpus.or(() -> mode == CpuMode.PINNED ? Optional.empty() : cpusetCpus),
        change.memory.or(() -> memory),
        change.memoryReservation.or(() -> memoryReservation),
        change.memoryAndSwap.or(() ->
            change.memory.isPresent() && memoryAndSwap.equals(memory.map(Limit::at))
                ? change.memory.map(Limit::at)
                : memoryAndSwap),
        change.pids.or(() -> pids));
  }

  private static Duration atMostQuota(Duration burst, Optional<Cpus> cpus) {
    Duration quota = quota(cpus);
    return burst.compareTo(quota) < 0 ? burst : quota;
  }

  private static Duration quota(Optional<Cpus> cpus) {
    return Duration.ofNanos(1_000 * Policy.bandwidth(cpus.orElseThrow()).quotaMicros());
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  /// The controllers that a run has to be under to be held to these.
  public Set<Controller> controllers() {
    Set<Controller> needed = EnumSet.noneOf(Controller.class);
    if (cpus.isPresent() && cpuMode != CpuMode.PINNED) {
      needed.add(Controller.CPU);
    }
    if (cpusetCpus.isPresent() || cpuMode == CpuMode.PINNED) {
      needed.add(Controller.CPUSET);
    }
    if (memory.isPresent() || memoryReservation.isPresent()) {
      needed.add(Controller.MEMORY);
    }
    if (pids.isPresent()) {
      needed.add(Controller.PIDS);
    }
    return needed;
  }

  /// Collects the parts.
  public static final class Builder {
    private Optional<Cpus> cpus;
    private CpuMode cpuMode;
    private Optional<Duration> cpuBurst;
    private Optional<CpuSet> cpusetCpus;
    private Optional<Bytes> memory;
    private Optional<Bytes> memoryReservation;
    private Optional<Limit<Bytes>> memoryAndSwap;
    private Optional<Long> pids;

    private Builder(Limits from) {
      cpus = from.cpus;
      cpuMode = from.cpuMode;
      cpuBurst = from.cpuBurst;
      cpusetCpus = from.cpusetCpus;
      memory = from.memory;
      memoryReservation = from.memoryReservation;
      memoryAndSwap = from.memoryAndSwap;
      pids = from.pids;
    }

    public Builder cpus(Cpus value) {
      cpus = Optional.of(value);
      return this;
    }

    public Builder cpuMode(CpuMode value) {
      cpuMode = value;
      return this;
    }

    public Builder cpuBurst(Duration value) {
      cpuBurst = Optional.of(value);
      return this;
    }

    public Builder cpusetCpus(CpuSet value) {
      cpusetCpus = Optional.of(value);
      return this;
    }

    public Builder memory(Bytes value) {
      memory = Optional.of(value);
      return this;
    }

    public Builder memoryReservation(Bytes value) {
      memoryReservation = Optional.of(value);
      return this;
    }

    public Builder memoryAndSwap(Limit<Bytes> value) {
      memoryAndSwap = Optional.of(value);
      return this;
    }

    public Builder pids(long value) {
      pids = Optional.of(value);
      return this;
    }

    /// @throws IllegalArgumentException when the parts do not go together, in one sentence
    public Limits build() {
      return new Limits(
          cpus, cpuMode, cpuBurst, cpusetCpus, memory, memoryReservation, memoryAndSwap, pids);
    }
  }
}
