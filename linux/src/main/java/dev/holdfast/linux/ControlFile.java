package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// Files of cgroupfs and `/proc`, and small regular ones: `open(2)`, `pread(2)`, `write(2)` with
/// their errno.
///
/// Never creates, never truncates: with `O_CREAT` a control that does not exist would say EACCES
/// instead of ENOENT. A value goes out in one `write(2)`, since the kernel takes each one as a
/// whole; a short write is an error.
///
/// An instance is a file kept open for repeated reading, which spares two of three system calls and
/// the path walk. Instances are not thread-safe.
public final class ControlFile implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;

  private static final int HALF_A_PAGE = 2048;

  private final Path path;
  private final Fd fd;

  private ControlFile(Path path, Fd fd) {
    this.path = path;
    this.fd = fd;
  }

  /// Reads a whole file.
  public static String read(Path path) {
    return new String(readBytes(path, Integer.MAX_VALUE), StandardCharsets.UTF_8);
  }

  /// Reads a whole file of cgroupfs. There the kernel hands over a page before it stops short: less
  /// than half of one is all, and the system call that would say so is spared.
  public static String readControl(Path path) {
    return new String(readBytes(path, Integer.MAX_VALUE, HALF_A_PAGE), StandardCharsets.UTF_8);
  }

  /// Reads at most `limit` bytes from the beginning of a file: for files whose length a stranger
  /// decides, as `/proc/PID/cmdline`.
  public static byte[] readBytes(Path path, int limit) {
    return readBytes(path, limit, 1);
  }

  /// @param lessIsAll a read that brings less was the last
  private static byte[] readBytes(Path path, int limit, int lessIsAll) {
    try (Scratch scratch = Scratch.borrow()) {
      int number = open(scratch, path, O_RDONLY);
      try {
        return readAll(scratch, number, path, limit, lessIsAll);
      } finally {
        Native.syscall(scratch, Syscalls.CLOSE, number);
      }
    }
  }

  /// Writes `value` in one `write(2)`, without a newline.
  public static void write(Path path, String value) {
    try (Scratch scratch = Scratch.borrow()) {
      int number = open(scratch, path, O_WRONLY);
      try {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Scratch.SIZE) {
          throw new LinuxException("write", path.toString(), Errno.E2BIG);
        }
        MemorySegment.copy(bytes, 0, scratch.buffer(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        long written =
            Native.check(
                Native.syscall(scratch, Syscalls.WRITE, number, scratch.address(), bytes.length),
                "write",
                path);
        if (written != bytes.length) {
          throw new LinuxException("write", path.toString(), Errno.EIO);
        }
      } finally {
        Native.syscall(scratch, Syscalls.CLOSE, number);
      }
    }
  }

  /// Opens for repeated reading.
  public static ControlFile open(Path path) {
    try (Scratch scratch = Scratch.borrow()) {
      return new ControlFile(path, new Fd(open(scratch, path, O_RDONLY)));
    }
  }

  /// Opens a file for another call that needs its descriptor: `flock(2)`, an epoll registration.
  static Fd openDescriptor(Path path, boolean writable) {
    try (Scratch scratch = Scratch.borrow()) {
      return new Fd(open(scratch, path, writable ? O_RDWR : O_RDONLY));
    }
  }

  /// `pread(2)` from the beginning: what the file says now, as far as `bytes` and 16 KiB reach;
  /// returns how many came. Leaves no garbage, for what is read each second in each of a thousand
  /// cgroups.
  public int readAgain(byte[] bytes) {
    try (Scratch scratch = Scratch.borrow()) {
      int length = Math.min(bytes.length, Scratch.SIZE);
      long count =
          Native.check(
              Native.syscall(scratch, Syscalls.PREAD64, fd.number(), scratch.address(), length, 0),
              "pread",
              path);
      MemorySegment.copy(scratch.buffer(), ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) count);
      return (int) count;
    }
  }

  public Path path() {
    return path;
  }

  /// The descriptor's number, for a text that names it to the kernel (`cgroup.event_control`).
  public int number() {
    return fd.number();
  }

  @Override
  public void close() {
    fd.close();
  }

  private static int open(Scratch scratch, Path path, int flags) {
    long name = scratch.string(path.toString());
    return (int)
        Native.check(
            Native.syscall(scratch, Syscalls.OPENAT, AT_FDCWD, name, flags | O_CLOEXEC),
            "open",
            path);
  }

  private static byte[] readAll(Scratch scratch, int number, Path path, int limit, int lessIsAll) {
    byte[] all = new byte[0];
    while (all.length < limit) {
      int count =
          (int)
              Native.check(
                  Native.syscall(
                      scratch,
                      Syscalls.READ,
                      number,
                      scratch.address(),
                      Math.min(Scratch.SIZE, limit - all.length)),
                  "read",
                  path);
      int before = all.length;
      all = Arrays.copyOf(all, before + count);
      MemorySegment.copy(scratch.buffer(), ValueLayout.JAVA_BYTE, 0, all, before, count);
      if (count < lessIsAll) {
        break;
      }
    }
    return all;
  }
}
