package dev.holdfast.api;

import java.util.List;

/// What an update did, or with `dry_run` would do.
///
/// @param limits as asked for from now on
public record UpdateResult(boolean dryRun, ResourceLimits limits, List<Change> changes) {
  /// @param limit `cpus`, `memory_bytes` …
  /// @param action `applied`, `unchanged` or `deferred`
  /// @param detail why, with the numbers
  public record Change(String limit, String before, String after, String action, String detail) {}
}
