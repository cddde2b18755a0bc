package dev.holdfast.linux;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// One datagram to a Unix socket that another process listens on, as `sd_notify(3)` sends it.
public final class NotifySocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;

  /// `sun_path`, unix(7).
  private static final int LONGEST_NAME = 108;

  private static final int PATH = 2;

  private NotifySocket() {}

  /// Sends without waiting.
  ///
  /// @param name a path, or `@` and the name of a socket without a file
  /// @throws LinuxException ECONNREFUSED or ENOENT when nobody listens, EAGAIN when the listener's
  ///   queue is full, ENAMETOOLONG
  public static void send(String name, String message) {
    byte[] address = ByteText.encode(name);
    byte[] bytes = ByteText.encode(message);
    if (address.length == 0
        || address.length >= LONGEST_NAME
        || PATH + LONGEST_NAME + bytes.length > Scratch.SIZE) {
      throw new LinuxException("sendto", name, Errno.ENAMETOOLONG);
    }
    boolean isAbstract = address[0] == '@';
    try (Scratch scratch = Scratch.borrow()) {
      var memory = scratch.buffer();
      memory.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.nativeOrder()), 0, (short) AF_UNIX);
      for (int i = 0; i < address.length; i++) {
        memory.set(ValueLayout.JAVA_BYTE, PATH + i, i == 0 && isAbstract ? 0 : address[i]);
      }
      memory.set(ValueLayout.JAVA_BYTE, PATH + address.length, (byte) 0);
      long text = PATH + LONGEST_NAME;
      for (int i = 0; i < bytes.length; i++) {
        memory.set(ValueLayout.JAVA_BYTE, text + i, bytes[i]);
      }
      // The name without a file ends where the address does, the path at its NUL.
      int length = PATH + address.length + (isAbstract ? 0 : 1);
      send(scratch, name, scratch.address() + text, bytes.length, length);
    }
  }

  private static void send(
      Scratch scratch, String name, long text, long textLength, long addressLength) {
    long socket =
        Native.check(
            Native.syscall(scratch, Syscalls.SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0),
            "socket",
            name);
    try (Fd fd = new Fd(socket)) {
      Native.check(
          Native.syscall(
              scratch,
              Syscalls.SENDTO,
              fd.number(),
              text,
              textLength,
              MSG_NOSIGNAL | MSG_DONTWAIT,
              scratch.address(),
              addressLength),
          "sendto",
          name);
    }
  }
}
