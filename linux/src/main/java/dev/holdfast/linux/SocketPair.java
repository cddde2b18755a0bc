package dev.holdfast.linux;

import java.lang.foreign.ValueLayout;

/// `socketpair(2)` of two connected Unix sockets.
///
/// @param ours the end that stays in this process
/// @param theirs the end for a child; closed here once the child has its copy
public record SocketPair(Fd ours, Fd theirs) implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = 02000000;

  /// Of streams.
  public static SocketPair create() {
    return create(SOCK_STREAM);
  }

  /// That keep messages apart: one [Fd#read] takes one.
  public static SocketPair ofMessages() {
    return create(SOCK_SEQPACKET);
  }

  private static SocketPair create(int type) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.check(
          Native.syscall(
              scratch, Syscalls.SOCKETPAIR, AF_UNIX, type | SOCK_CLOEXEC, 0, scratch.address()),
          "socketpair",
          "AF_UNIX");
      return new SocketPair(
          new Fd(scratch.buffer().get(ValueLayout.JAVA_INT, 0)),
          new Fd(scratch.buffer().get(ValueLayout.JAVA_INT, 4)));
    }
  }

  @Override
  public void close() {
    theirs.close();
    ours.close();
  }
}
