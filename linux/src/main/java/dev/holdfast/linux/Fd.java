package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor that has one owner, who closes it. Always close-on-exec.
///
/// Thread-safe only in that [#close] may be called by any thread, once or often; the owner makes
/// sure that nobody still reads, since the number may belong to another file right after.
public final class Fd implements AutoCloseable {
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int CLOSED = -1;

  private static final List<Fd> STANDARD_STREAMS = List.of(new Fd(0), new Fd(1), new Fd(2));

  private final AtomicInteger number;

  Fd(long number) {
    this.number = new AtomicInteger((int) number);
  }

  /// This process's stdin, stdout and stderr. Its own for its whole life: nobody closes them.
  public static List<Fd> standardStreams() {
    return STANDARD_STREAMS;
  }

  /// The number, for a system call.
  ///
  /// @throws IllegalStateException when closed
  int number() {
    int current = number.get();
    if (current == CLOSED) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return current;
  }

  /// `fcntl(2)` F_DUPFD_CLOEXEC: a copy with a number of at least `lowest`.
  Fd duplicate(int lowest) {
    try (Scratch scratch = Scratch.borrow()) {
      return new Fd(
          Native.check(
              Native.syscall(scratch, Syscalls.FCNTL, number(), F_DUPFD_CLOEXEC, lowest),
              "fcntl",
              this));
    }
  }

  /// `read(2)`: up to `bytes.length` bytes, at the most 16 KiB. Returns how many, 0 at the end of
  /// the file.
  ///
  /// @throws LinuxException EAGAIN when the descriptor is non-blocking and has nothing
  public int read(byte[] bytes) {
    try (Scratch scratch = Scratch.borrow()) {
      int length = Math.min(bytes.length, Scratch.SIZE);
      long count =
          Native.check(
              Native.syscall(scratch, Syscalls.READ, number(), scratch.address(), length),
              "read",
              this);
      MemorySegment.copy(scratch.buffer(), ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) count);
      return (int) count;
    }
  }

  /// `write(2)`, as often as it takes to write all of `bytes`.
  public void writeFully(byte[] bytes) {
    try (Scratch scratch = Scratch.borrow()) {
      int done = 0;
      while (done < bytes.length) {
        int chunk = Math.min(bytes.length - done, Scratch.SIZE);
        MemorySegment.copy(bytes, done, scratch.buffer(), ValueLayout.JAVA_BYTE, 0, chunk);
        done +=
            (int)
                Native.check(
                    Native.syscall(scratch, Syscalls.WRITE, number(), scratch.address(), chunk),
                    "write",
                    this);
      }
    }
  }

  @Override
  public void close() {
    int current = number.getAndSet(CLOSED);
    if (current != CLOSED) {
      try (Scratch scratch = Scratch.borrow()) {
        // Linux frees the number even when close(2) reports an error: never repeated.
        Native.syscall(scratch, Syscalls.CLOSE, current);
      }
    }
  }

  @Override
  public String toString() {
    return "descriptor " + number.get();
  }
}
