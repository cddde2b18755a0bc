package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.CpuShares;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.linux.Host;
import java.time.Duration;

/// The numbers that users of Mesos' isolator keep, and how a request becomes what is written.
public final class Policy {
  /// Shares a CPU.
  public static final long SHARES_PER_CPU = 1024;

  public static final long MINIMUM_SHARES = 10;

  public static final Duration CPU_PERIOD = Duration.ofMillis(100);
  public static final Duration MINIMUM_CPU_QUOTA = Duration.ofMillis(1);
  public static final Bytes MINIMUM_MEMORY = Bytes.ofMebibytes(32);

  /// Between the request to stop and the kill.
  public static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  /// How long a cgroup may take to die before it is quarantined.
  public static final Duration DESTROY_TIMEOUT = Duration.ofSeconds(60);

  /// How long the OOM report may take while the run stands at its limit.
  public static final Duration OOM_REPORT_TIMEOUT = Duration.ofSeconds(1);

  /// How long no byte may come of a file that is fetched, as Mesos later had it.
  public static final Duration FETCH_STALL_TIMEOUT = Duration.ofMinutes(1);

  /// Of all files that are fetched for a run.
  public static final Bytes FETCH_SIZE_LIMIT = Bytes.ofMebibytes(10 * 1024);

  /// `PATH` of a run that does not say otherwise.
  public static final String SEARCH_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Policy() {}

  /// 1024 a CPU, rounded down, at least 10: 0.5 → 512, 0.001 → 10.
  public static CpuShares shares(Cpus cpus) {
    long millis = Math.min(cpus.millis(), CpuShares.MAXIMUM.count() * 1000 / SHARES_PER_CPU);
    return new CpuShares(Math.max(millis * SHARES_PER_CPU / 1000, MINIMUM_SHARES));
  }

  /// CPU time in each 100 ms, at least 1 ms: 0.5 → 50 ms, 0.005 → 1 ms.
  public static CpuBandwidth bandwidth(Cpus cpus) {
    long period = CPU_PERIOD.toNanos() / 1_000;
    long minimum = MINIMUM_CPU_QUOTA.toNanos() / 1_000;
    return new CpuBandwidth(Math.max(cpus.millis() * period / 1000, minimum), period);
  }

  /// At least 32 MiB, and whole pages, since the kernel would round down.
  public static Bytes memory(Bytes asked) {
    long page = Host.pageSize();
    long most = Long.MAX_VALUE / page * page;
    long bytes = Math.clamp(asked.count(), MINIMUM_MEMORY.count(), most);
    return new Bytes(Math.ceilDiv(bytes, page) * page);
  }
}
