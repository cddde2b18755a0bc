package dev.holdfast.isolator.launcher;

import dev.holdfast.linux.Fd;
import java.util.List;

/// Where executor-launchers come from. Thread-safe.
public interface LauncherSource {
  /// Begins to start one, which may go on while the caller does something else.
  ///
  /// @param label what `ps` shows behind the program's name
  /// @param lock becomes its descriptor 4; like `stdio` open until [Birth#await] has returned
  /// @param stdio becomes the run's stdin, stdout and stderr
  /// @throws dev.holdfast.linux.LinuxException when none can be started
  /// @throws dev.holdfast.isolator.IsolatorException when the source is closed or has no place
  Birth begin(List<String> label, Fd lock, List<Fd> stdio);

  /// A launcher that is being started. Owned by one thread.
  interface Birth extends AutoCloseable {
    /// Waits until it is there, and waits for its record. To be called once.
    ///
    /// @throws dev.holdfast.linux.LinuxException when it cannot be started; then there is none
    /// @throws dev.holdfast.isolator.IsolatorException when its maker is killed each time
    Newborn await();

    /// Of one that nobody has waited for nothing is left.
    @Override
    void close();
  }

  /// A launcher that knows nothing yet.
  ///
  /// @param isChild whether this process has to reap it
  /// @param control our end of its control socket, the caller's from now on
  record Newborn(int pid, boolean isChild, Fd control) {}
}
