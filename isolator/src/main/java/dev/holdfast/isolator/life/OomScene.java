package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.MalformedException;
import dev.holdfast.linux.proc.PidStatus;
import dev.holdfast.linux.proc.ProcFs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Describes a cgroup that has run out of memory: the numbers, and who holds what.
final class OomScene {
  private static final int MOST_PROCESSES = 1024;
  private static final int LONGEST_COMMAND = 256;

  private final Cgroup cgroup;
  private final ProcFs proc;

  OomScene(Cgroup cgroup, ProcFs proc) {
    this.cgroup = cgroup;
    this.proc = proc;
  }

  /// What was held at one moment.
  ///
  /// @param usage empty when it could not be read
  /// @param complete whether all could be read before the deadline
  record Snapshot(
      List<OomReport.Holder> holders,
      Optional<Bytes> usage,
      Map<String, Long> statistics,
      long takenAtNanos,
      boolean complete) {}

  /// Looks at the cgroup, and for at most `deadline` at its processes.
  ///
  /// The reading is done by a thread that may be left behind: a read of a process' command line can
  /// block for as long as one of its threads holds its memory map, on a kernel before 5.x while it
  /// waits at the limit itself.
  Snapshot snapshot(MemoryController memory, Duration deadline) {
    ConcurrentLinkedQueue<OomReport.Holder> found = new ConcurrentLinkedQueue<>();
    AtomicBoolean all = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform().daemon().name("oom-scene").start(() -> all.set(readHolders(found)));
    boolean complete = false;
    try {
      complete = reader.join(deadline) && all.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<OomReport.Holder> holders = new ArrayList<>(found);
    holders.sort((a, b) -> Long.compare(held(b), held(a)));
    Optional<Bytes> usage = Optional.empty();
    Map<String, Long> statistics = Map.of();
    try {
      usage = Optional.of(memory.usage());
      statistics = memory.stat().values();
    } catch (CgroupException unreadable) {
      complete = false;
    }
    return new Snapshot(holders, usage, statistics, System.nanoTime(), complete);
  }

  private static long held(OomReport.Holder holder) {
    return holder.anon().count() + holder.shmem().count() + holder.swap().count();
  }

  /// Returns whether all could be read.
  private boolean readHolders(ConcurrentLinkedQueue<OomReport.Holder> found) {
    Optional<Set<Integer>> pids = processes();
    if (pids.isEmpty()) {
      return false;
    }
    boolean all = true;
    int count = 0;
    for (int pid : pids.get()) {
      if (++count > MOST_PROCESSES) {
        return false;
      }
      try {
        Optional<PidStatus> status = proc.status(pid);
        status.ifPresent(it -> found.add(holder(it)));
      } catch (LinuxException | MalformedException unreadable) {
        all = false; // one process less in the picture
      }
    }
    return all;
  }

  private Optional<Set<Integer>> processes() {
    try {
      return Optional.of(cgroup.processes());
    } catch (CgroupException unreadable) {
      return Optional.empty();
    }
  }

  private OomReport.Holder holder(PidStatus status) {
    return new OomReport.Holder(
        status.pid(),
        status.ppid(),
        command(status),
        new Bytes(status.rss()),
        new Bytes(status.rssAnon()),
        new Bytes(status.rssFile()),
        new Bytes(status.rssShmem()),
        new Bytes(status.swap()));
  }

  private String command(PidStatus status) {
    Optional<List<String>> arguments = proc.commandLine(status.pid(), LONGEST_COMMAND);
    return arguments.isEmpty() || arguments.get().isEmpty()
        ? status.name()
        : String.join(" ", arguments.get());
  }

  /// The limit and the peak of now, with what was held when `snapshot` was taken.
  ///
  /// @param held whether nothing has changed since
  OomReport report(MemoryController memory, Optional<Snapshot> snapshot, boolean held) {
    return new OomReport(
        memory.limit(),
        snapshot.flatMap(Snapshot::usage),
        memory.peak(),
        snapshot.map(Snapshot::statistics).orElse(Map.of()),
        snapshot.map(Snapshot::holders).orElse(List.of()),
        snapshot.map(
            it -> held ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - it.takenAtNanos())),
        snapshot.map(Snapshot::complete).orElse(false));
  }
}
