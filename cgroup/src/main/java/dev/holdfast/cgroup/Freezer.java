package dev.holdfast.cgroup;

import java.nio.file.Path;

/// Stops and resumes all processes of a cgroup and those below it.
public interface Freezer {
  /// Asks for the stop and returns; [#isFrozen] tells when it is complete. Asking again helps a v1
  /// kernel on that met a process it could not stop.
  void freeze();

  /// Repeatable.
  void thaw();

  /// Whether every process is stopped.
  boolean isFrozen();

  /// The file that [#freeze] and [#thaw] write.
  Path file();
}
