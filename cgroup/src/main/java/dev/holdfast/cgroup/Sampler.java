package dev.holdfast.cgroup;

import java.util.Optional;

/// Reads what one cgroup uses, again and again, with its control files kept open. Not thread-safe.
///
/// Made for a thousand cgroups each second, so what can wait does: CPU time and memory in use are
/// of now. If either has changed, so are CPU time by user and system, throttling and pids, and what
/// memory is used for if that has moved by a 32nd or 1 MiB, whichever is more; once it moves no
/// more, that is exact a reading later. The rest – caps, peaks, OOM kills, block devices, pressure
/// – takes turns. Nothing is more than 14 readings old.
public interface Sampler extends AutoCloseable {
  /// What the kernel says. Empty when the cgroup has gone, or nothing of it can be read.
  Optional<Sample> read();

  /// Only what counts in the end, all of now: CPU time, throttling, memory in use, its peak and
  /// cap, OOM kills, and what block devices read and wrote. Half as many files as a first [#read],
  /// and the cheap half.
  Optional<Sample> readTotals();

  /// The next reading is of now in every part: somebody has changed the caps.
  void refresh();

  /// Which files stay open between two readings. The others are opened for each: 10 µs a file.
  enum Kept {
    ALL(15),
    /// Without those that take turns.
    OFTEN_READ(5),
    NONE(0);

    private final int files;

    Kept(int files) {
      this.files = files;
    }

    /// How many stay open, at the most.
    public int files() {
      return files;
    }
  }

  /// [Kept#ALL] at first. Where they are not, a cgroup in which nothing happens has one of those
  /// that take turns read in four readings, so that what waits is up to 56 readings old there.
  void keepOpen(Kept which);

  /// Repeatable; a reading opens the files again.
  @Override
  void close();
}
