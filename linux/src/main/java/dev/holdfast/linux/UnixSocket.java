package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// `socket(2)`, `connect(2)` of a Unix stream socket.
public final class UnixSocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
  private static final int FAMILY_SIZE = 2;
  private static final int ADDRESS_SIZE = 110;

  private UnixSocket() {}

  /// Connects to the socket of this name in a directory, whose own path may be longer than the 107
  /// bytes that an address holds.
  ///
  /// @throws LinuxException ENOENT when there is none, ECONNREFUSED when nobody listens
  public static Fd connect(Path directory, String name) {
    Fd parent = ControlFile.openDescriptor(directory, false);
    try {
      return connected("/proc/self/fd/" + parent.number() + "/" + name, directory.resolve(name));
    } finally {
      parent.close();
    }
  }

  private static Fd connected(String address, Path shown) {
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

  private static void connect(Fd socket, String address, Path shown) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment buffer = scratch.buffer();
      buffer.asSlice(0, ADDRESS_SIZE).fill((byte) 0);
      buffer.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      buffer.setString(FAMILY_SIZE, address);
      Native.check(
          Native.syscall(
              scratch, Syscalls.CONNECT, socket.number(), scratch.address(), ADDRESS_SIZE),
          "connect",
          shown);
    }
  }
}
