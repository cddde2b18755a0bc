package dev.holdfast.agent.node;

import dev.holdfast.api.UpdateResult.Change;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an update does to each limit, in words.
final class Changes {
  private static final String NONE = "unlimited";

  private final List<Change> changes = new ArrayList<>();

  private Changes() {}

  /// @param memoryDeferred why the hard memory limit stays as it is
  static List<Change> between(Limits before, Limits after, Optional<String> memoryDeferred) {
    Changes changes = new Changes();
    changes.add("cpus", text(before.cpus()), text(after.cpus()));
    changes.add("cpu_mode", mode(before), mode(after));
    changes.add("cpu_burst_seconds", burst(before), burst(after));
    changes.add(
        "cpuset_cpus",
        text(before.cpusetCpus().map(CpuSet::format)),
        text(after.cpusetCpus().map(CpuSet::format)));
    if (memoryDeferred.isPresent()) {
      changes.changes.add(
          new Change(
              "memory_bytes",
              text(before.memory()),
              text(after.memory()),
              "deferred",
              memoryDeferred.get()));
    } else {
      changes.add(
          "memory_bytes", text(before.memory()), text(after.memory()), raised(after.memory()));
    }
    changes.add(
        "memory_reservation_bytes",
        text(before.memoryReservation()),
        text(after.memoryReservation()));
    changes.add("memory_swap_bytes", text(before.memoryAndSwap()), text(after.memoryAndSwap()));
    changes.add("pids", text(before.pids()), text(after.pids()));
    return changes.changes;
  }

  /// The limit that is set is then another than what was asked for.
  private static String raised(Optional<Bytes> memory) {
    return memory
        .filter(asked -> asked.compareTo(Policy.MINIMUM_MEMORY) < 0)
        .map(_ -> ", raised to the minimum of " + Policy.MINIMUM_MEMORY)
        .orElse("");
  }

  private void add(String limit, String before, String after) {
    add(limit, before, after, "");
  }

  private void add(String limit, String before, String after, String remark) {
    boolean same = before.equals(after);
    if (same && before.equals(NONE)) {
      return;
    }
    changes.add(
        new Change(
            limit,
            before,
            after,
            same ? "unchanged" : "applied",
            (same ? "it is " + before : "from " + before + " to " + after) + remark));
  }

  private static String mode(Limits limits) {
    return limits.cpus().isEmpty() ? NONE : limits.cpuMode().word();
  }

  private static String burst(Limits limits) {
    return text(
        limits
            .cpuBurst()
            .map(burst ->
                BigDecimal.valueOf(burst.toNanos(), 9).stripTrailingZeros().toPlainString() + "s"));
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse(NONE);
  }
}
