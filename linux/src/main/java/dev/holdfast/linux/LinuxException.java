package dev.holdfast.linux;

import java.io.Serial;

/// A system call that the kernel refused: which one, on what, and why.
///
/// The message reads `mkdir '/sys/fs/cgroup/cpu/x': EEXIST`.
public final class LinuxException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String operation;
  private final String target;
  private final int code;

  public LinuxException(String operation, String target, Errno errno) {
    super(operation + " '" + target + "': " + errno.name());
    this.operation = operation;
    this.target = target;
    this.code = errno.code();
  }

  /// The system call's name, as in section 2 of the manual.
  public String operation() {
    return operation;
  }

  /// The path, pid or descriptor that it was called on.
  public String target() {
    return target;
  }

  public Errno errno() {
    return new Errno(code);
  }

  public boolean is(Errno errno) {
    return code == errno.code();
  }
}
