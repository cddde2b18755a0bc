package dev.holdfast.isolator;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The scene of a run that ran out of memory.
///
/// @param limit the run's own hard limit
/// @param usage in use when `processes` were looked at; absent when the kernel had killed before
///   anybody did: what is in use after a death says nothing of it
/// @param peak the most that was ever in use
/// @param statistics `memory.stat` of the same moment, as the kernel names its fields
/// @param processes who held memory, the largest first
/// @param age how old `processes` is: zero when they were held at the limit while it was made,
///   absent when there is none
/// @param complete whether everything could be read before the deadline
public record OomReport(
    Limit<Bytes> limit,
    Optional<Bytes> usage,
    Optional<Bytes> peak,
    Map<String, Long> statistics,
    List<Holder> processes,
    Optional<Duration> age,
    boolean complete) {
  /// What one process held.
  ///
  /// @param command its command line, cut to a few hundred characters, or its short name
  /// @param resident anon, file and shmem together
  public record Holder(
      int pid,
      int parent,
      String command,
      Bytes resident,
      Bytes anon,
      Bytes file,
      Bytes shmem,
      Bytes swap) {}

  public OomReport {
    statistics = java.util.Collections.unmodifiableMap(statistics);
    processes = List.copyOf(processes);
  }
}
