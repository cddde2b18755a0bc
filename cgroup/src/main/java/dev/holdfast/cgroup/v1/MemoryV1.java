package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import dev.holdfast.cgroup.files.ControlText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// docs.kernel.org/admin-guide/cgroup-v1/memory.html.
final class MemoryV1 implements MemoryController {
  private static final String NO_LIMIT = "-1";

  /// PAGE_COUNTER_MAX in bytes, the kernel's "no limit", is Long.MAX_VALUE rounded down to a page
  /// of at most 64 KiB.
  private static final long UNLIMITED_FROM = Long.MAX_VALUE - (1 << 16);

  private final CgroupFs fs;
  private final Path directory;
  private final Path limit;
  private final Path swapLimit;
  private final Path softLimit;

  MemoryV1(CgroupFs fs, Path directory) {
    this.fs = fs;
    this.directory = directory;
    limit = directory.resolve("memory.limit_in_bytes");
    swapLimit = directory.resolve("memory.memsw.limit_in_bytes");
    softLimit = directory.resolve("memory.soft_limit_in_bytes");
  }

  @Override
  public void setLimits(Limit<Bytes> memory, Optional<Limit<Bytes>> memoryAndSwap) {
    if (memoryAndSwap.isEmpty()) {
      fs.write(limit, format(memory));
      return;
    }
    for (Write write : plan(read(swapLimit), memory, memoryAndSwap.get())) {
      fs.write(write.swapToo() ? swapLimit : limit, format(write.value()));
    }
  }

  /// One step of a plan: to the cap on memory and swap, or on memory alone.
  record Write(boolean swapToo, Limit<Bytes> value) {}

  /// The kernel refuses a memory cap above the cap on both at every instant: that is raised first
  /// and lowered last.
  static List<Write> plan(
      Limit<Bytes> currentBoth, Limit<Bytes> memory, Limit<Bytes> memoryAndSwap) {
    Write both = new Write(true, memoryAndSwap);
    Write alone = new Write(false, memory);
    return amount(memoryAndSwap) >= amount(currentBoth)
        ? List.of(both, alone)
        : List.of(alone, both);
  }

  private static long amount(Limit<Bytes> limit) {
    return limit.value().map(Bytes::count).orElse(Long.MAX_VALUE);
  }

  private static String format(Limit<Bytes> limit) {
    return limit.value().map(Bytes::format).orElse(NO_LIMIT);
  }

  @Override
  public Limit<Bytes> limit() {
    return read(limit);
  }

  @Override
  public Optional<Limit<Bytes>> memoryAndSwapLimit() {
    try {
      return Optional.of(read(swapLimit));
    } catch (CgroupException.NotFound noSwapAccounting) {
      return Optional.empty();
    }
  }

  private Limit<Bytes> read(Path file) {
    return asLimit(new Bytes(ControlText.number(fs, file)));
  }

  /// What the kernel shows without a cap is none.
  static Limit<Bytes> asLimit(Bytes shown) {
    return shown.count() >= UNLIMITED_FROM ? Limit.unlimited() : Limit.at(shown);
  }

  @Override
  public void setSoftLimit(Bytes value) {
    fs.write(softLimit, value.format());
  }

  @Override
  public void reclaimAbove(Limit<Bytes> goal) {
    // v1 reclaims when the host is short of memory, or a hard cap is met
  }

  @Override
  public void setReservation(Bytes reservation) {
    setSoftLimit(reservation);
  }

  @Override
  public Bytes reservation() {
    return bytes("memory.soft_limit_in_bytes");
  }

  @Override
  public Bytes usage() {
    return bytes("memory.usage_in_bytes");
  }

  @Override
  public Bytes usageWithSwap() {
    try {
      return bytes("memory.memsw.usage_in_bytes");
    } catch (CgroupException.NotFound noSwapAccounting) {
      return usage();
    }
  }

  @Override
  public Optional<Bytes> peak() {
    return Optional.of(bytes("memory.max_usage_in_bytes"));
  }

  @Override
  public Stat stat() {
    Map<String, Long> values = ControlText.flatKeyed(fs, directory.resolve("memory.stat"));
    Long swap = values.get("total_swap");
    return new Stat(
        values,
        values.getOrDefault("total_rss", 0L),
        values.getOrDefault("total_cache", 0L),
        values.getOrDefault("total_shmem", 0L),
        values.getOrDefault("total_inactive_file", 0L),
        kernelMemory(),
        swap == null ? OptionalLong.empty() : OptionalLong.of(swap));
  }

  private OptionalLong kernelMemory() {
    try {
      return OptionalLong.of(bytes("memory.kmem.usage_in_bytes").count());
    } catch (CgroupException.NotFound notAccounted) {
      return OptionalLong.empty();
    }
  }

  @Override
  public Events events() {
    long hits = ControlText.number(fs, directory.resolve("memory.failcnt"));
    try {
      hits += ControlText.number(fs, directory.resolve("memory.memsw.failcnt"));
    } catch (CgroupException.NotFound noSwapAccounting) {
      // the cap on memory alone counts
    }
    return new Events(hits, OptionalLong.empty(), oomKills());
  }

  @Override
  public boolean countsOwnOoms() {
    return false;
  }

  @Override
  public long oomKills() {
    return oomControl().getOrDefault("oom_kill", 0L);
  }

  private Map<String, Long> oomControl() {
    return ControlText.flatKeyed(fs, oomControlFile());
  }

  private Path oomControlFile() {
    return directory.resolve("memory.oom_control");
  }

  private Bytes bytes(String file) {
    return new Bytes(ControlText.number(fs, directory.resolve(file)));
  }

  @Override
  public OomControl oom() {
    return new Oom();
  }

  private final class Oom implements OomControl, OomControl.KillerSwitch {
    @Override
    public Optional<KillerSwitch> killerSwitch() {
      return Optional.of(this);
    }

    @Override
    public void killTogether() {
      // v1 kills one process; who watches kills the others
    }

    @Override
    public CgroupFs.Watch watch(Runnable action) {
      return fs.onEvent(file(), directory.resolve("cgroup.event_control"), action);
    }

    @Override
    public Path file() {
      return oomControlFile();
    }

    @Override
    public void turnKillerOff() {
      fs.write(file(), "1");
    }

    @Override
    public void turnKillerOn() {
      fs.write(file(), "0");
    }

    @Override
    public boolean isOff() {
      return oomControl().getOrDefault("oom_kill_disable", 0L) != 0;
    }

    @Override
    public void turnKillerOnBelow() {
      turnKillerOnBelow(directory);
    }

    private void turnKillerOnBelow(Path parent) {
      try {
        for (String child : fs.children(parent)) {
          Path below = parent.resolve(child);
          turnKillerOnBelow(below);
          fs.write(below.resolve("memory.oom_control"), "0");
        }
      } catch (CgroupException.NotFound gone) {
        return; // the workload has removed it again
      }
    }

    @Override
    public boolean underOom() {
      return oomControl().getOrDefault("under_oom", 0L) != 0;
    }
  }
}
