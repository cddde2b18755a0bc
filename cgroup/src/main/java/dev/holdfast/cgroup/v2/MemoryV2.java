package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import dev.holdfast.cgroup.files.ControlText;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// docs.kernel.org/admin-guide/cgroup-v2.html "Memory Interface Files".
final class MemoryV2 implements MemoryController {
  private static final String NO_LIMIT = "max";

  private final CgroupFs fs;
  private final Path directory;
  private final Path max;
  private final Path swapMax;
  private final Path high;
  private final Path low;

  MemoryV2(CgroupFs fs, Path directory) {
    this.fs = fs;
    this.directory = directory;
    max = directory.resolve("memory.max");
    swapMax = directory.resolve("memory.swap.max");
    high = directory.resolve("memory.high");
    low = directory.resolve("memory.low");
  }

  /// v2 counts swap by itself: the cap on both is the cap on memory and the rest for swap.
  @Override
  public void setLimits(Limit<Bytes> memory, Optional<Limit<Bytes>> memoryAndSwap) {
    memory.value().ifPresent(this::makeRoom);
    if (memoryAndSwap.isPresent()) {
      fs.write(swapMax, format(swapOf(memory, memoryAndSwap.get())));
    }
    fs.write(max, format(memory));
  }

  /// v1 refuses a cap that what is in use does not fit below. v2 takes it, and has the OOM killer
  /// make the rest fit.
  private void makeRoom(Bytes cap) {
    long excess = usage().count() - cap.count();
    if (excess <= 0) {
      return;
    }
    try {
      fs.write(directory.resolve("memory.reclaim"), Long.toString(excess)); // since 5.19
    } catch (CgroupException.Busy | CgroupException.NotFound notAll) {
      // the usage tells
    }
    Bytes usage = usage();
    if (usage.compareTo(cap) > 0) {
      throw new CgroupException.Busy(
          "write '" + cap.format() + "' to " + max + ": " + usage.format() + " are in use", max);
    }
  }

  static Limit<Bytes> swapOf(Limit<Bytes> memory, Limit<Bytes> both) {
    if (both.value().isEmpty() || memory.value().isEmpty()) {
      return Limit.unlimited();
    }
    long swap = both.value().get().count() - memory.value().get().count();
    if (swap < 0) {
      throw new IllegalArgumentException(
          "the limit on memory and swap, " + both + ", is below the limit on memory, " + memory);
    }
    return Limit.at(new Bytes(swap));
  }

  private static String format(Limit<Bytes> limit) {
    return limit.value().map(Bytes::format).orElse(NO_LIMIT);
  }

  @Override
  public Limit<Bytes> limit() {
    return read(max);
  }

  @Override
  public Optional<Limit<Bytes>> memoryAndSwapLimit() {
    try {
      Limit<Bytes> swap = read(swapMax);
      Limit<Bytes> memory = limit();
      return Optional.of(
          swap.value().isEmpty() || memory.value().isEmpty()
              ? Limit.unlimited()
              : Limit.at(memory.value().get().plus(swap.value().get())));
    } catch (CgroupException.NotFound noSwapAccounting) {
      return Optional.empty();
    }
  }

  private Limit<Bytes> read(Path file) {
    String text = fs.read(file).strip();
    return text.equals(NO_LIMIT)
        ? Limit.unlimited()
        : Limit.at(new Bytes(ControlText.number(text, file)));
  }

  @Override
  public void setSoftLimit(Bytes softLimit) {
    // memory.high is held at all times, memory.low protects: neither is a soft limit
  }

  @Override
  public void reclaimAbove(Limit<Bytes> goal) {
    fs.write(high, format(goal));
  }

  @Override
  public void setReservation(Bytes reservation) {
    fs.write(low, reservation.format());
  }

  @Override
  public Bytes reservation() {
    return new Bytes(read(low).value().map(Bytes::count).orElse(Long.MAX_VALUE));
  }

  @Override
  public Bytes usage() {
    return new Bytes(ControlText.number(fs, directory.resolve("memory.current")));
  }

  @Override
  public Bytes usageWithSwap() {
    return new Bytes(usage().count() + number("memory.swap.current").orElse(0L));
  }

  @Override
  public Optional<Bytes> peak() {
    return number("memory.peak").map(Bytes::new);
  }

  @Override
  public Stat stat() {
    Map<String, Long> values = ControlText.flatKeyed(fs, directory.resolve("memory.stat"));
    Long kernel = values.get("kernel");
    Optional<Long> swap = number("memory.swap.current");
    return new Stat(
        values,
        values.getOrDefault("anon", 0L),
        values.getOrDefault("file", 0L),
        values.getOrDefault("shmem", 0L),
        values.getOrDefault("inactive_file", 0L),
        kernel == null ? OptionalLong.empty() : OptionalLong.of(kernel),
        swap.isEmpty() ? OptionalLong.empty() : OptionalLong.of(swap.get()));
  }

  private Optional<Long> number(String file) {
    try {
      return Optional.of(ControlText.number(fs, directory.resolve(file)));
    } catch (CgroupException.NotFound olderKernel) {
      return Optional.empty();
    }
  }

  @Override
  public boolean countsOwnOoms() {
    return true;
  }

  @Override
  public Events events() {
    Map<String, Long> all = ControlText.flatKeyed(fs, eventsFile());
    Map<String, Long> own = all;
    try {
      own = ControlText.flatKeyed(fs, directory.resolve("memory.events.local"));
    } catch (CgroupException.NotFound beforeLinux52) {
      // then the events of cgroups below count, too
    }
    return new Events(
        own.getOrDefault("max", 0L),
        OptionalLong.of(own.getOrDefault("oom", 0L)),
        oomKills(all.getOrDefault("oom_kill", 0L), all.getOrDefault("oom_group_kill", 0L)));
  }

  /// Whoever makes the kernel kill a group is counted as its victim, and again as one of the group:
  /// mm/oom_kill.c, oom_kill_process(). `oom_group_kill` is counted since Linux 5.17.
  static long oomKills(long kills, long groups) {
    return kills == 0 ? 0 : Math.max(kills - groups, 1);
  }

  private Path eventsFile() {
    return directory.resolve("memory.events");
  }

  @Override
  public OomControl oom() {
    return new OomControl() {
      @Override
      public Optional<KillerSwitch> killerSwitch() {
        return Optional.empty();
      }

      @Override
      public void killTogether() {
        try {
          fs.write(directory.resolve("memory.oom.group"), "1");
        } catch (CgroupException.NotFound beforeLinux419) {
          return; // who watches kills the others
        }
      }

      @Override
      public CgroupFs.Watch watch(Runnable action) {
        return fs.onModification(eventsFile(), action);
      }
    };
  }
}
