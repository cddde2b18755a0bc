package dev.holdfast.agent.checkpoint;

import com.google.gson.JsonObject;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Limits;
import java.util.Optional;

/// Limits in a checkpoint: whole numbers, so that nothing is lost.
final class LimitsJson {
  private static final long NO_SWAP_LIMIT = -1;

  private LimitsJson() {}

  static JsonObject format(Limits limits) {
    JsonObject json = new JsonObject();
    limits.cpus().ifPresent(cpus -> json.addProperty("cpu_millis", cpus.millis()));
    json.addProperty("cpu_mode", limits.cpuMode().word());
    limits.cpuBurst().ifPresent(burst -> json.addProperty("cpu_burst_nanos", burst.toNanos()));
    limits.cpusetCpus().ifPresent(cpus -> json.addProperty("cpuset_cpus", cpus.format()));
    limits.memory().ifPresent(memory -> json.addProperty("memory_bytes", memory.count()));
    limits
        .memoryReservation()
        .ifPresent(memory -> json.addProperty("memory_reservation_bytes", memory.count()));
    limits
        .memoryAndSwap()
        .ifPresent(both ->
            json.addProperty(
                "memory_swap_bytes", both.value().map(Bytes::count).orElse(NO_SWAP_LIMIT)));
    limits.pids().ifPresent(pids -> json.addProperty("pids", pids));
    return json;
  }

  static Limits parse(Fields fields) {
    return new Limits(
        fields.optionalNumber("cpu_millis").map(Cpus::new),
        CpuMode.parse(fields.text("cpu_mode")),
        fields.nanos("cpu_burst_nanos"),
        fields.optionalText("cpuset_cpus").map(CpuSet::parse),
        fields.optionalNumber("memory_bytes").map(Bytes::new),
        fields.optionalNumber("memory_reservation_bytes").map(Bytes::new),
        swap(fields.optionalNumber("memory_swap_bytes")),
        fields.optionalNumber("pids"));
  }

  private static Optional<Limit<Bytes>> swap(Optional<Long> bytes) {
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        bytes.get() == NO_SWAP_LIMIT ? Limit.unlimited() : Limit.at(new Bytes(bytes.get())));
  }
}
