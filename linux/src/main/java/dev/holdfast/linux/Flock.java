package dev.holdfast.linux;

import java.nio.file.Path;
import java.util.Optional;

/// `flock(2)`: an advisory lock on an existing file, held by the open file and all its copies, also
/// those that children inherit, until the last is closed.
public final class Flock implements AutoCloseable {
  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private final Path path;
  private final Fd fd;

  private Flock(Path path, Fd fd) {
    this.path = path;
    this.fd = fd;
  }

  /// Waits until nobody holds the file exclusively, and takes a share of it.
  public static Flock shared(Path path) {
    Flock lock = new Flock(path, ControlFile.openDescriptor(path, true));
    try {
      lock.operate(LOCK_SH);
      return lock;
    } catch (LinuxException e) {
      lock.close();
      throw e;
    }
  }

  /// Takes the file for itself alone; empty when somebody else has it.
  public static Optional<Flock> exclusive(Path path) {
    Flock lock = new Flock(path, ControlFile.openDescriptor(path, false));
    try {
      if (lock.tryExclusive()) {
        return Optional.of(lock);
      }
    } catch (LinuxException e) {
      lock.close();
      throw e;
    }
    lock.close();
    return Optional.empty();
  }

  /// Turns a share into the exclusive lock if nobody else has one; otherwise the share may be lost.
  /// Returns whether the lock is now exclusive.
  public boolean tryExclusive() {
    try {
      operate(LOCK_EX | LOCK_NB);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN)) {
        return false;
      }
      throw e;
    }
  }

  /// The open file, for a child to inherit.
  public Fd fd() {
    return fd;
  }

  private void operate(int operation) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.check(Native.syscall(scratch, Syscalls.FLOCK, fd.number(), operation), "flock", path);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
