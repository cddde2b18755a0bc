package dev.holdfast.cgroup;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Memory: caps, what is in use, and what happens at the cap.
public interface MemoryController {
  /// Sets the hard cap and, if given, the cap on memory and swap together, in the order that the
  /// kernel demands.
  ///
  /// @throws CgroupException.Busy when more is in use than the kernel could reclaim
  /// @throws CgroupException.NotFound when a swap cap is given and the kernel does not account swap
  void setLimits(Limit<Bytes> memory, Optional<Limit<Bytes>> memoryAndSwap);

  Limit<Bytes> limit();

  /// Absent when the kernel does not account swap.
  Optional<Limit<Bytes>> memoryAndSwapLimit();

  /// Down to where the kernel reclaims first when the host is short of memory: v1's soft limit. v2
  /// has none, and does nothing: there the kernel reclaims from all in proportion to their size.
  void setSoftLimit(Bytes softLimit);

  /// While more is in use than this the kernel reclaims, and lets whoever allocates sleep, up to 2
  /// s each time where it finds nothing to reclaim; it kills nobody: v2's `memory.high`. v1 has
  /// nothing like it, and does nothing.
  void reclaimAbove(Limit<Bytes> goal);

  /// What the cgroup should keep when memory is scarce: v1's soft limit; v2's `memory.low`, which
  /// protects more strongly.
  void setReservation(Bytes reservation);

  Bytes reservation();

  Bytes usage();

  /// With what of it has been swapped out, where the kernel accounts swap.
  Bytes usageWithSwap();

  /// The most that was ever in use; absent on v2 before Linux 5.19.
  Optional<Bytes> peak();

  Stat stat();

  Events events();

  /// Whether [Events#ownOoms] is there.
  boolean countsOwnOoms();

  /// [Events#oomKills] alone.
  default long oomKills() {
    return events().oomKills();
  }

  OomControl oom();

  /// `memory.stat` of the cgroup and those below it.
  ///
  /// @param values as the kernel names them; empty in a [Sample]
  /// @param anon anonymous memory, bytes
  /// @param file page cache, tmpfs included, bytes
  /// @param shmem tmpfs and shared memory, bytes
  /// @param inactiveFile page cache that can be dropped first, bytes
  /// @param kernel kernel memory, bytes; absent before Linux 5.18 on v2
  /// @param swap bytes; absent when the kernel does not account it
  record Stat(
      Map<String, Long> values,
      long anon,
      long file,
      long shmem,
      long inactiveFile,
      OptionalLong kernel,
      OptionalLong swap) {
    public Stat {
      values = java.util.Collections.unmodifiableMap(values);
    }

    /// What the kernel can take back without swapping, bytes.
    public long pageCache() {
      return Math.max(file - shmem, 0);
    }
  }

  /// Counters that only grow while the cgroup lives.
  ///
  /// @param limitHits how often the cgroup's own cap stood in the way of an allocation
  /// @param ownOoms how often its own cap was final; absent on v1, which does not count it
  /// @param oomKills processes of the cgroup that any OOM killer ended. Before Linux 5.17 v2 counts
  ///   one too many for each that took all others with it ([OomControl#killTogether])
  record Events(long limitHits, OptionalLong ownOoms, long oomKills) {}
}
