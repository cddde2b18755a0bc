package dev.holdfast.isolator.launcher;

import dev.holdfast.linux.Fd;
import java.util.List;

/// Where executor-launchers come from. Thread-safe.
public interface LauncherSource {
  /// Starts one, which waits for its record.
  ///
  /// @param label what `ps` shows behind the program's name
  /// @param lock becomes its descriptor 4
  /// @param stdio becomes the run's stdin, stdout and stderr
  /// @throws dev.holdfast.linux.LinuxException when it cannot be started; then there is none
  Newborn start(List<String> label, Fd lock, List<Fd> stdio);

  /// A launcher that knows nothing yet.
  ///
  /// @param isChild whether this process has to reap it
  /// @param control our end of its control socket, the caller's from now on
  record Newborn(int pid, boolean isChild, Fd control) {}
}
