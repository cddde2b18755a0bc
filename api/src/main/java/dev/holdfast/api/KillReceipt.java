package dev.holdfast.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom a kill ended. Any signal but KILL is only passed on: then there is nothing but the signal.
///
/// @param mechanism `cgroup.kill`, `freezer` or `none`
/// @param count processes that were there
/// @param processes the first of them
public record KillReceipt(
    String run,
    String signal,
    @Nullable String mechanism,
    @Nullable Integer count,
    @Nullable Double seconds,
    @Nullable List<Victim> processes) {
  public record Victim(int pid, String name) {}
}
