package dev.holdfast.cli;

import dev.holdfast.api.ResourceLimits;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.DurationText;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// The options that limit what a run may use, those of `run` and of `update`.
final class LimitOptions {
  private static final long NO_SWAP_LIMIT = -1;
  private static final double MILLIS_PER_SECOND = 1_000;

  private LimitOptions() {}

  static void addTo(CommandSpec spec) {
    CallOptions.add(spec, "N", "CPUs, as 0.5 or 2.", "--cpus");
    CallOptions.add(
        spec,
        "shares|quota|pinned",
        "What --cpus is: a claim when CPUs are scarce (shares, the default), a claim and a cap"
            + " (quota), or CPUs of its own (pinned).",
        "--cpu-mode");
    CallOptions.add(spec, "D", "Unused quota that may be saved up; with quota.", "--cpu-burst");
    CallOptions.add(spec, "LIST", "CPUs to run on, as 0-2,5.", "--cpuset-cpus");
    CallOptions.add(spec, "SIZE", "Memory limit, as 512m or 1.5g; at least 32m.", "-m", "--memory");
    CallOptions.add(
        spec, "SIZE", "Memory it should keep when the host is short.", "--memory-reservation");
    CallOptions.add(
        spec,
        "SIZE",
        "Limit on memory and swap together, -1 for no limit; the memory limit by default.",
        "--memory-swap");
    CallOptions.add(spec, "N", "Limit on processes and threads.", "--pids-limit");
  }

  /// What the words ask for, as an agent is told it.
  ///
  /// @throws UsageException naming the option that does not fit
  static ResourceLimits read(CallOptions options) {
    return new ResourceLimits(
        options
            .value("--cpus", RunOptions::cpus)
            .map(it -> it.millis() / MILLIS_PER_SECOND)
            .orElse(null),
        options.value("--cpu-mode", CpuMode::parse).map(CpuMode::word).orElse(null),
        options.value("--cpu-burst", DurationText::parse).map(LimitOptions::seconds).orElse(null),
        options.value("--cpuset-cpus", RunOptions::cpuSet).map(Object::toString).orElse(null),
        options.value("--memory", RunOptions::memory).map(Bytes::count).orElse(null),
        options.value("--memory-reservation", Bytes::parse).map(Bytes::count).orElse(null),
        options
            .value("--memory-swap", RunOptions::swap)
            .map(it -> it.value().map(Bytes::count).orElse(NO_SWAP_LIMIT))
            .orElse(null),
        options.value("--pids-limit", RunOptions::count).orElse(null));
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /// For a person.
  static String cpus(Optional<Double> cpus) {
    return cpus.map(it -> new Cpus(Math.round(it * 1000)).toString()).orElse("-");
  }
}
