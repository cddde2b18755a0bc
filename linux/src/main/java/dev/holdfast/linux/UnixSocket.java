package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `socket(2)`, `connect(2)` of a Unix stream socket; `sendmsg(2)`, `setsockopt(2)` of any.
public final class UnixSocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
  private static final int FAMILY_SIZE = 2;
  private static final int ADDRESS_SIZE = 110;

  /// With the NUL behind it.
  private static final int LONGEST_PATH = ADDRESS_SIZE - FAMILY_SIZE - 1;

  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SO_RCVTIMEO = 20;

  // How a message lies in the buffer: struct iovec, struct msghdr (64-bit), struct cmsghdr with the
  // descriptors, and the text.
  private static final int HEADER = 16;
  private static final int HEADER_PARTS = HEADER + 16;
  private static final int HEADER_RIGHTS = HEADER + 32;
  private static final int RIGHTS = HEADER + 56;
  private static final int RIGHTS_HEADER_SIZE = 16;
  private static final int TEXT = 256;
  private static final int MOST_DESCRIPTORS = (TEXT - RIGHTS - RIGHTS_HEADER_SIZE) / Integer.BYTES;

  private UnixSocket() {}

  /// Sends one message, of not more than 16,000 bytes, with copies of descriptors. They are whoever
  /// receives it's own.
  ///
  /// @throws LinuxException EPIPE when nobody will
  public static void send(Fd socket, byte[] text, List<Fd> descriptors) {
    if (text.length > Scratch.SIZE - TEXT || descriptors.size() > MOST_DESCRIPTORS) {
      throw new LinuxException("sendmsg", socket.toString(), Errno.E2BIG);
    }
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment buffer = scratch.buffer();
      buffer.asSlice(0, TEXT).fill((byte) 0);
      long rights = RIGHTS_HEADER_SIZE + (long) descriptors.size() * Integer.BYTES;
      buffer.set(ValueLayout.JAVA_LONG, 0, scratch.address() + TEXT);
      buffer.set(ValueLayout.JAVA_LONG, 8, text.length);
      buffer.set(ValueLayout.JAVA_LONG, HEADER_PARTS, scratch.address());
      buffer.set(ValueLayout.JAVA_LONG, HEADER_PARTS + 8, 1);
      buffer.set(ValueLayout.JAVA_LONG, HEADER_RIGHTS, scratch.address() + RIGHTS);
      buffer.set(ValueLayout.JAVA_LONG, HEADER_RIGHTS + 8, rights);
      buffer.set(ValueLayout.JAVA_LONG, RIGHTS, rights);
      buffer.set(ValueLayout.JAVA_INT, RIGHTS + 8, SOL_SOCKET);
      buffer.set(ValueLayout.JAVA_INT, RIGHTS + 12, SCM_RIGHTS);
      for (int i = 0; i < descriptors.size(); i++) {
        long at = RIGHTS + RIGHTS_HEADER_SIZE + (long) i * Integer.BYTES;
        buffer.set(ValueLayout.JAVA_INT, at, descriptors.get(i).number());
      }
      MemorySegment.copy(text, 0, buffer, ValueLayout.JAVA_BYTE, TEXT, text.length);
      Native.check(
          Native.syscall(
              scratch, Syscalls.SENDMSG, socket.number(), scratch.address() + HEADER, MSG_NOSIGNAL),
          "sendmsg",
          socket);
    }
  }

  /// From now on a [Fd#read] that has waited so long for a message fails with EAGAIN; with a
  /// patience of zero it waits for ever again, `SO_RCVTIMEO` of `socket(7)`.
  public static void limitWaiting(Fd socket, Duration patience) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment buffer = scratch.buffer();
      buffer.set(ValueLayout.JAVA_LONG, 0, patience.toSeconds());
      buffer.set(ValueLayout.JAVA_LONG, 8, patience.toNanosPart() / 1000);
      Native.check(
          Native.syscall(
              scratch,
              Syscalls.SETSOCKOPT,
              socket.number(),
              SOL_SOCKET,
              SO_RCVTIMEO,
              scratch.address(),
              16,
              0),
          "setsockopt",
          socket);
    }
  }

  /// Connects to the socket of this name in a directory, whose own path may be longer than the 107
  /// bytes that an address holds.
  ///
  /// @throws LinuxException ENOENT when there is none, ECONNREFUSED when nobody listens
  public static Fd connect(Path directory, String name) {
    Path path = directory.resolve(name);
    byte[] address = ByteText.encode(path.toString());
    if (address.length <= LONGEST_PATH) {
      return connected(address, path);
    }
    Fd parent = ControlFile.openDescriptor(directory, false);
    try {
      return connected(ByteText.encode("/proc/self/fd/" + parent.number() + "/" + name), path);
    } finally {
      parent.close();
    }
  }

  private static Fd connected(byte[] address, Path shown) {
    Fd socket = open();
    try {
      connect(socket, address, shown);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private static Fd open() {
    try (Scratch scratch = Scratch.borrow()) {
      return new Fd(
          Native.check(
              Native.syscall(scratch, Syscalls.SOCKET, AF_UNIX, SOCK_STREAM_CLOEXEC, 0),
              "socket",
              "AF_UNIX"));
    }
  }

  private static void connect(Fd socket, byte[] address, Path shown) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment buffer = scratch.buffer();
      buffer.asSlice(0, ADDRESS_SIZE).fill((byte) 0);
      buffer.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(address, 0, buffer, ValueLayout.JAVA_BYTE, FAMILY_SIZE, address.length);
      Native.check(
          Native.syscall(
              scratch, Syscalls.CONNECT, socket.number(), scratch.address(), ADDRESS_SIZE),
          "connect",
          shown);
    }
  }
}
