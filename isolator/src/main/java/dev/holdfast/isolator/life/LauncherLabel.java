package dev.holdfast.isolator.life;

import dev.holdfast.isolator.launcher.LauncherProgram;
import java.util.List;
import java.util.Optional;

/// What `ps` shows behind executor-launcher, and by what a launcher is found again when nothing
/// else is left of a run: its cgroup's name, and whether an agent has to look after it.
///
/// @param cgroup the name of the run's cgroup
/// @param detached launched by an agent; otherwise the run ends with the Holdfast that launched it
record LauncherLabel(String cgroup, boolean detached) {
  private static final String DETACHED = "detached";

  /// The arguments behind the program's name.
  static List<String> of(String cgroup, boolean detached) {
    return detached ? List.of(cgroup, DETACHED) : List.of(cgroup);
  }

  /// From a command line; empty when it is not a launcher's.
  static Optional<LauncherLabel> parse(List<String> commandLine) {
    if (commandLine.size() < 2 || !commandLine.getFirst().equals(LauncherProgram.NAME)) {
      return Optional.empty();
    }
    return Optional.of(
        new LauncherLabel(
            commandLine.get(1), commandLine.size() > 2 && commandLine.get(2).equals(DETACHED)));
  }
}
