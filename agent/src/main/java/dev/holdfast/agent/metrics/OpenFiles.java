package dev.holdfast.agent.metrics;

import dev.holdfast.cgroup.Sampler.Kept;

/// How many control files sampling keeps open: half of the descriptors that live runs leave, so
/// that there are some for clients and launches.
///
/// @param most the descriptors that the process may have
record OpenFiles(long most) {
  /// Its launcher's socket, and what tells that its memory runs out.
  private static final int OF_A_RUN = 2;

  /// The kernel's own memory for all of theirs, some 16 MiB, would surprise nobody.
  private static final int MOST_WITH_ALL = 256;

  /// Of the run that is sampled as the `index`th of so many.
  Kept of(int index, int runs) {
    long room = Math.max(most - (long) OF_A_RUN * runs, 0) / 2;
    if (runs <= MOST_WITH_ALL && (long) Kept.ALL.files() * runs <= room) {
      return Kept.ALL;
    }
    return (long) Kept.OFTEN_READ.files() * (index + 1) <= room ? Kept.OFTEN_READ : Kept.NONE;
  }
}
