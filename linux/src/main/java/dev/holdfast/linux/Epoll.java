package dev.holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `epoll(7)`, level-triggered; each registration carries a number of the caller's, never the
/// descriptor, which may be reused.
final class Epoll implements AutoCloseable {
  private static final int IN = 0x1;
  private static final int EPOLL_CLOEXEC = 02000000;
  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int BATCH = 64;

  private static final int EVENT_SIZE = Syscalls.packsEpollEvent() ? 12 : 16;
  private static final int DATA = Syscalls.packsEpollEvent() ? 4 : 8;

  private final Fd fd;
  private final MemorySegment events = Arena.ofAuto().allocate((long) EVENT_SIZE * BATCH, 8);

  Epoll() {
    try (Scratch scratch = Scratch.borrow()) {
      fd =
          new Fd(
              Native.check(
                  Native.syscall(scratch, Syscalls.EPOLL_CREATE1, EPOLL_CLOEXEC),
                  "epoll_create1",
                  ""));
    }
  }

  void add(Fd watched, long number) {
    control(CTL_ADD, watched, IN, number);
  }

  void remove(Fd watched) {
    control(CTL_DEL, watched, 0, 0);
  }

  /// Waits without limit and fills `numbers` with those of the ready registrations; returns how
  /// many. One waiting thread at a time.
  int await(long[] numbers) {
    try (Scratch scratch = Scratch.borrow()) {
      int count =
          (int)
              Native.check(
                  Native.syscall(
                      scratch,
                      Syscalls.EPOLL_PWAIT,
                      fd.number(),
                      events.address(),
                      Math.min(BATCH, numbers.length),
                      -1,
                      0,
                      0),
                  "epoll_pwait",
                  fd);
      for (int i = 0; i < count; i++) {
        numbers[i] = events.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) i * EVENT_SIZE + DATA);
      }
      return count;
    }
  }

  private void control(int operation, Fd watched, int interest, long number) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment event = scratch.buffer();
      event.set(ValueLayout.JAVA_INT, 0, interest);
      event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, number);
      Native.check(
          Native.syscall(
              scratch,
              Syscalls.EPOLL_CTL,
              fd.number(),
              operation,
              watched.number(),
              scratch.address()),
          "epoll_ctl",
          watched);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
