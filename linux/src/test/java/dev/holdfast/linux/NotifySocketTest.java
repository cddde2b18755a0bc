package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {
  private static final long BIND = System.getProperty("os.arch").equals("aarch64") ? 200 : 49;
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;

  @TempDir Path directory;

  /// A listener on a name of which the first byte of an abstract one is already NUL.
  private static Fd listen(String name) {
    try (Scratch scratch = Scratch.borrow()) {
      Fd socket =
          new Fd(
              Native.check(
                  Native.syscall(scratch, Syscalls.SOCKET, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0),
                  "socket",
                  name));
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      MemorySegment memory = scratch.buffer();
      memory.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 2, bytes.length);
      memory.set(ValueLayout.JAVA_BYTE, 2 + bytes.length, (byte) 0);
      int length = 2 + bytes.length + (bytes[0] == 0 ? 0 : 1);
      Native.check(
          Native.syscall(scratch, BIND, socket.number(), scratch.address(), length), "bind", name);
      return socket;
    }
  }

  private static String received(Fd socket) {
    byte[] bytes = new byte[1000];
    return new String(bytes, 0, socket.read(bytes), StandardCharsets.UTF_8);
  }

  @Test
  void reachesASocketWithAFile() {
    String name = directory.resolve("notify").toString();
    try (Fd socket = listen(name)) {
      NotifySocket.send(name, "READY=1\nSTATUS=größe");
      assertThat(received(socket)).isEqualTo("READY=1\nSTATUS=größe");
    }
  }

  @Test
  void reachesASocketWithoutAFile() {
    String name = "holdfast-test-" + ProcessHandle.current().pid();
    try (Fd socket = listen("\0" + name)) {
      NotifySocket.send("@" + name, "STOPPING=1");
      assertThat(received(socket)).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void saysWhenNobodyListens() {
    assertThatThrownBy(() -> NotifySocket.send(directory.resolve("none").toString(), "READY=1"))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    assertThatThrownBy(() -> NotifySocket.send("x".repeat(200), "READY=1"))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG));
  }
}
