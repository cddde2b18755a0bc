package dev.holdfast.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// `inotify(7)`: tells that files have been modified, as cgroup v2 does for its event files.
///
/// Add the watch first, then read the file: a change in between is then never missed. One instance
/// serves many files: a user may have only 128 instances. Thread-safe but for [#drain].
public final class Inotify implements AutoCloseable {
  private static final int IN_NONBLOCK_CLOEXEC = 04000 | 02000000;
  private static final int IN_MODIFY = 0x2;
  private static final int IN_Q_OVERFLOW = 0x4000;

  // struct inotify_event: wd, mask, cookie, len, and a name of len bytes.
  private static final int HEADER = 16;

  private final Fd fd;

  public Inotify() {
    try (Scratch scratch = Scratch.borrow()) {
      fd =
          new Fd(
              Native.check(
                  Native.syscall(scratch, Syscalls.INOTIFY_INIT1, IN_NONBLOCK_CLOEXEC),
                  "inotify_init1",
                  ""));
    }
  }

  public Fd fd() {
    return fd;
  }

  /// Returns the number that [#drain] names the file by.
  public int watchModifications(Path file) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(file.toString());
      return (int)
          Native.check(
              Native.syscall(scratch, Syscalls.INOTIFY_ADD_WATCH, fd.number(), name, IN_MODIFY),
              "inotify_add_watch",
              file);
    }
  }

  /// Repeatable, also after the kernel has ended the watch itself, with the file.
  public void unwatch(int watch) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.syscall(scratch, Syscalls.INOTIFY_RM_WATCH, fd.number(), watch);
    }
  }

  /// What has been reported so far.
  ///
  /// @param watches of what has changed or gone
  /// @param all whether more was to be told than the kernel could keep: then any may have changed
  public record Changes(Set<Integer> watches, boolean all) {}

  /// Reads away what has been reported so far.
  public Changes drain() {
    Set<Integer> watches = new HashSet<>();
    boolean all = false;
    byte[] bytes = new byte[4096];
    while (true) {
      int length = read(bytes);
      if (length == 0) {
        return new Changes(watches, all);
      }
      ByteBuffer events = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.nativeOrder());
      while (events.remaining() >= HEADER) {
        int watch = events.getInt();
        all |= (events.getInt() & IN_Q_OVERFLOW) != 0;
        events.getInt();
        int name = events.getInt();
        events.position(events.position() + name);
        watches.add(watch);
      }
    }
  }

  private int read(byte[] bytes) {
    try {
      return fd.read(bytes);
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN)) {
        return 0;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
