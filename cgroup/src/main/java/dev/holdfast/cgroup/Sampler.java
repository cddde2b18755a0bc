package dev.holdfast.cgroup;

import java.util.Optional;

/// Reads what one cgroup uses, again and again, with its control files kept open. Not thread-safe.
///
/// Made for a thousand cgroups each second, so what can wait does: CPU time and memory in use are
/// of now. If either has changed, so is all that only running processes change; the rest – caps,
/// peaks, OOM kills, pressure – takes turns, and is up to 5 readings old. Where nothing runs, all
/// but CPU time and memory in use is up to 13 readings old.
public interface Sampler extends AutoCloseable {
  /// What the kernel says. Empty when the cgroup has gone, or nothing of it can be read.
  Optional<Sample> read();

  /// The next reading is of now in every part: somebody has changed the caps.
  void refresh();

  /// Repeatable; a reading opens the files again.
  @Override
  void close();
}
