package dev.holdfast.cgroup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// cgroupfs, as far as Holdfast uses it: the only seam between our words and the kernel.
/// Thread-safe.
///
/// Every method throws a [CgroupException] when the kernel refuses.
public interface CgroupFs {
  /// The whole text of a control file.
  String read(Path file);

  /// Opens a control file for repeated reading. One that cannot keep files open finds it anew each
  /// time.
  default Opened open(Path file) {
    return into -> {
      byte[] text = read(file).getBytes(StandardCharsets.UTF_8);
      int length = Math.min(text.length, into.length);
      System.arraycopy(text, 0, into, 0, length);
      return length;
    };
  }

  /// Writes a value in one system call.
  void write(Path file, String value);

  /// Makes one cgroup, whose parent exists.
  ///
  /// @throws CgroupException.Busy when it is there already
  void makeDirectory(Path directory);

  /// Removes one cgroup, which has neither processes nor children.
  void removeDirectory(Path directory);

  /// The names of the cgroups right below.
  List<String> children(Path directory);

  boolean exists(Path file);

  /// Runs `action` soon after each modification of `file` that the kernel announces (`inotify(7)`).
  /// What happened before this returns is not announced: read the file once afterwards.
  Watch onModification(Path file, Runnable action);

  /// Runs `action` on each event that v1's `cgroup.event_control` announces for `control`, at once
  /// when the condition holds already. The kernel announces the cgroup's removal in the same way.
  Watch onEvent(Path control, Path eventControl, Runnable action);

  /// A control file that is kept open. Not thread-safe.
  interface Opened extends AutoCloseable {
    /// What the file says now, as far as `into` and 16 KiB reach; returns how many bytes came.
    ///
    /// @throws CgroupException.NotFound when the cgroup has been removed
    int read(byte[] into);

    @Override
    default void close() {}
  }

  /// Ends with [#close], after which the action does not run any more. Actions run on one thread of
  /// the implementation and must return at once.
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
