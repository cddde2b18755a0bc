package dev.holdfast.cgroup;

import dev.holdfast.linux.Errno;
import dev.holdfast.linux.LinuxException;
import java.io.Serial;
import java.nio.file.Path;

/// What cgroupfs refused, split by what the caller can do about it.
///
/// The message reads `write '512' to /sys/fs/cgroup/memory/x/memory.limit_in_bytes: EBUSY`.
public abstract sealed class CgroupException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String path;

  private CgroupException(String message, Path path) {
    super(message);
    this.path = path.toString();
  }

  /// The control file or directory that it is about.
  public Path path() {
    return Path.of(path);
  }

  /// It isn't there: the cgroup has been removed, or the kernel has no such control.
  public static final class NotFound extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public NotFound(String message, Path path) {
      super(message, path);
    }
  }

  /// It is in use, or in a state that forbids it just now: worth another try.
  public static final class Busy extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public Busy(String message, Path path) {
      super(message, path);
    }
  }

  /// The kernel cannot now: out of memory, no space, an I/O error.
  public static final class Unavailable extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public Unavailable(String message, Path path) {
      super(message, path);
    }
  }

  /// We may not: not root, or a read-only mount.
  public static final class Denied extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public Denied(String message, Path path) {
      super(message, path);
    }
  }

  /// The control does not take this value.
  public static final class BadValue extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public BadValue(String message, Path path) {
      super(message, path);
    }
  }

  /// The file says something that we cannot read, or not what was written to it.
  public static final class Malformed extends CgroupException {
    @Serial private static final long serialVersionUID = 1L;

    public Malformed(String message, Path path) {
      super(message, path);
    }
  }

  /// Sorts a system call's failure.
  ///
  /// @param action what was done, as `write '512' to`
  public static CgroupException of(String action, Path path, Errno errno) {
    String message = action + " " + path + ": " + errno.name();
    return switch (errno.name()) {
      // ENODEV: the file was opened, and its cgroup removed before the read or write.
      case "ENOENT", "ENODEV", "ENOTDIR" -> new NotFound(message, path);
      case "EBUSY", "ENOTEMPTY", "EEXIST", "EAGAIN" -> new Busy(message, path);
      case "EACCES", "EPERM", "EROFS" -> new Denied(message, path);
      case "EINVAL", "ERANGE", "EOPNOTSUPP", "ENAMETOOLONG", "E2BIG" -> new BadValue(message, path);
      default -> new Unavailable(message, path);
    };
  }

  static CgroupException of(String action, Path path, LinuxException cause) {
    CgroupException exception = of(action, path, cause.errno());
    exception.initCause(cause);
    return exception;
  }
}
