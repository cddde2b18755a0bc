package dev.holdfast.linux;

/// `eventfd(2)`, non-blocking: a counter that the kernel or a thread raises and one reader clears.
public final class EventFd implements AutoCloseable {
  private static final int EFD_NONBLOCK_CLOEXEC = 04000 | 02000000;
  private static final byte[] ONE = {1, 0, 0, 0, 0, 0, 0, 0};

  private final Fd fd;

  public EventFd() {
    try (Scratch scratch = Scratch.borrow()) {
      fd =
          new Fd(
              Native.check(
                  Native.syscall(scratch, Syscalls.EVENTFD2, 0, EFD_NONBLOCK_CLOEXEC),
                  "eventfd2",
                  ""));
    }
  }

  public Fd fd() {
    return fd;
  }

  /// The number of the descriptor, for a text that names it to the kernel (`cgroup.event_control`).
  public int number() {
    return fd.number();
  }

  public void raise() {
    fd.writeFully(ONE);
  }

  /// Takes the counter back to zero; says whether it was above.
  public boolean clear() {
    try {
      return fd.read(new byte[8]) == 8;
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
