package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/// A file in a directory of which somebody else is the owner, open for reading. Whoever may write
/// there can put a link, a pipe or a device in its place: only a regular file without other names
/// is opened, and opening never waits.
///
/// Thread-safe but for [#close].
public final class UntrustedFile implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;
  private static final int NO_FOLLOW = noFollow();

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC = 0x7ff;

  // struct statx, the same on every architecture: nlink 16, uid 20, mode 28, ino 32, size 40,
  // dev_major 136, dev_minor 140.
  private static final int ANSWER = 256;
  private static final int LINKS = 16;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;
  private static final int TYPE_BITS = 0170000;
  private static final int REGULAR = 0100000;

  private final Path path;
  private final Fd fd;
  private final Identity identity;

  private UntrustedFile(Path path, Fd fd, Identity identity) {
    this.path = path;
    this.fd = fd;
    this.identity = identity;
  }

  /// Which file it is, however it is called by now.
  public record Identity(long device, long inode) {}

  private record Status(Identity identity, boolean regular, long links, long size) {}

  /// Opens; empty when there is no such file, or it is not a regular file with one name.
  public static Optional<UntrustedFile> open(Path path) {
    Fd fd;
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(path.toString());
      fd =
          new Fd(
              Native.check(
                  Native.syscall(
                      scratch, Syscalls.OPENAT, AT_FDCWD, name, O_NONBLOCK | O_CLOEXEC | NO_FOLLOW),
                  "open",
                  path));
    } catch (LinuxException e) {
      // ELOOP for a link, ENXIO for a socket or a pipe.
      if (e.is(Errno.ENOENT) || e.is(Errno.ELOOP) || e.is(Errno.ENXIO)) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      Status status = status(fd, path);
      if (status.regular() && status.links() <= 1) {
        return Optional.of(new UntrustedFile(path, fd, status.identity()));
      }
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    fd.close();
    return Optional.empty();
  }

  public Identity identity() {
    return identity;
  }

  /// Bytes now.
  public long size() {
    return status(fd, path).size();
  }

  /// `pread(2)`: up to `length` bytes from `position`, at most 16 KiB; 0 at the end.
  public int read(byte[] bytes, int offset, int length, long position) {
    try (Scratch scratch = Scratch.borrow()) {
      int count =
          (int)
              Native.check(
                  Native.syscall(
                      scratch,
                      Syscalls.PREAD64,
                      fd.number(),
                      scratch.address(),
                      Math.min(length, Scratch.SIZE),
                      position),
                  "pread",
                  path);
      MemorySegment.copy(scratch.buffer(), ValueLayout.JAVA_BYTE, 0, bytes, offset, count);
      return count;
    }
  }

  private static Status status(Fd fd, Path path) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment answer = scratch.buffer().asSlice(Scratch.SIZE - ANSWER, ANSWER);
      long empty = scratch.string("");
      Native.check(
          Native.syscall(
              scratch,
              Syscalls.STATX,
              fd.number(),
              empty,
              AT_EMPTY_PATH,
              STATX_BASIC,
              answer.address(),
              0),
          "statx",
          path);
      long device =
          (long) answer.get(ValueLayout.JAVA_INT, DEVICE_MAJOR) << 32
              | Integer.toUnsignedLong(answer.get(ValueLayout.JAVA_INT, DEVICE_MINOR));
      return new Status(
          new Identity(device, answer.get(ValueLayout.JAVA_LONG, INODE)),
          (answer.get(ValueLayout.JAVA_SHORT, MODE) & TYPE_BITS) == REGULAR,
          Integer.toUnsignedLong(answer.get(ValueLayout.JAVA_INT, LINKS)),
          answer.get(ValueLayout.JAVA_LONG, SIZE));
    }
  }

  /// O_NOFOLLOW has one number on x86-64 and another on aarch64.
  private static int noFollow() {
    return Syscalls.packsEpollEvent() ? 0400000 : 0100000;
  }

  @Override
  public void close() {
    fd.close();
  }
}
