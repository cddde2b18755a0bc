package dev.holdfast.cgroup;

/// How many processes and threads there may be.
public interface PidsController {
  void setLimit(Limit<Long> limit);

  Limit<Long> limit();

  /// Processes and threads in the cgroup and those below it.
  long current();

  /// How often a fork failed at the cgroup's own limit.
  long limitHits();
}
