package dev.holdfast.linux;

import java.nio.file.Path;

/// `inotify(7)`: tells that a file has been modified, as cgroup v2 does for its event files.
///
/// Add the watch first, then read the file: a change in between is then never missed.
public final class Inotify implements AutoCloseable {
  private static final int IN_NONBLOCK_CLOEXEC = 04000 | 02000000;
  private static final int IN_MODIFY = 0x2;

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

  public void watchModifications(Path file) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(file.toString());
      Native.check(
          Native.syscall(scratch, Syscalls.INOTIFY_ADD_WATCH, fd.number(), name, IN_MODIFY),
          "inotify_add_watch",
          file);
    }
  }

  /// Reads away what has been reported so far; says whether there was anything.
  public boolean drain() {
    boolean any = false;
    byte[] bytes = new byte[4096];
    while (true) {
      try {
        if (fd.read(bytes) == 0) {
          return any;
        }
        any = true;
      } catch (LinuxException e) {
        if (e.is(Errno.EAGAIN)) {
          return any;
        }
        throw e;
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
