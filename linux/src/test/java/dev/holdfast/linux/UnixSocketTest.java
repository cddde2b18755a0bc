package dev.holdfast.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixSocketTest {
  @TempDir Path directory;

  private static ServerSocketChannel listen(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }

  private static long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static void assertRefused(Path directory, String name, Errno errno) {
    assertThatThrownBy(() -> UnixSocket.connect(directory, name))
        .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void bytesGoBothWays() throws Exception {
    try (ServerSocketChannel server = listen(directory.resolve("door"))) {
      Fd socket = UnixSocket.connect(directory, "door");
      try (SocketChannel peer = server.accept()) {
        socket.writeFully("there".getBytes(UTF_8));
        ByteBuffer heard = ByteBuffer.allocate(16);
        assertThat(peer.read(heard)).isEqualTo(5);
        peer.write(ByteBuffer.wrap("back".getBytes(UTF_8)));
        byte[] answer = new byte[16];
        assertThat(socket.read(answer)).isEqualTo(4);
        assertThat(new String(answer, 0, 4, UTF_8)).isEqualTo("back");
      }
      assertThat(socket.read(new byte[1])).as("the peer has gone").isZero();
      socket.close();
    }
  }

  @Test
  void aDirectoryMayBeDeeperThanAnAddressIsLong() throws Exception {
    Path deep = directory;
    for (int i = 0; i < 3; i++) {
      deep = Files.createDirectory(deep.resolve("x".repeat(100)));
    }
    try (ServerSocketChannel server = listen(directory.resolve("door"))) {
      // A socket is found by its inode, whatever its name: the JDK cannot bind to a long one.
      Files.move(directory.resolve("door"), deep.resolve("door"));

      Fd socket = UnixSocket.connect(deep, "door");

      try (SocketChannel peer = server.accept()) {
        assertThat(peer.isConnected()).isTrue();
      }
      socket.close();
    }
  }

  @Test
  void nobodyThereIsToldApartFromNothingThere() throws Exception {
    listen(directory.resolve("left")).close();

    assertRefused(directory, "left", Errno.ECONNREFUSED);
    assertRefused(directory, "none", Errno.ENOENT);
    assertRefused(directory.resolve("none"), "door", Errno.ENOENT);
  }

  @Test
  void aRefusalCostsNoDescriptor() throws Exception {
    listen(directory.resolve("left")).close();
    assertRefused(directory, "left", Errno.ECONNREFUSED);
    long before = openFiles();
    for (int i = 0; i < 200; i++) {
      assertRefused(directory, "left", Errno.ECONNREFUSED);
    }

    assertThat(openFiles()).isLessThan(before + 100);
  }

  /// Read without a place for it, it is closed.
  @Test
  void aMessageHasCopiesOfDescriptors() {
    try (SocketPair carrier = SocketPair.ofMessages();
        SocketPair carried = SocketPair.create()) {
      UnixSocket.limitWaiting(carried.ours(), Duration.ofMillis(1));
      UnixSocket.send(
          carrier.ours(), "text".getBytes(UTF_8), List.of(carried.theirs(), carried.theirs()));
      carried.theirs().close();
      assertThatThrownBy(() -> carried.ours().read(new byte[1]))
          .as("open in the message")
          .isInstanceOf(LinuxException.class);

      assertThat(carrier.theirs().read(new byte[9])).isEqualTo(4);

      assertThat(carried.ours().read(new byte[1])).as("the end").isZero();
    }
  }

  @Test
  void messagesStayApart() {
    try (SocketPair sockets = SocketPair.ofMessages()) {
      sockets.ours().writeFully("one".getBytes(UTF_8));
      sockets.ours().writeFully("other".getBytes(UTF_8));

      assertThat(sockets.theirs().read(new byte[99])).isEqualTo(3);
      assertThat(sockets.theirs().read(new byte[99])).isEqualTo(5);
    }
  }

  @Test
  void aMessageToNobodyIsRefused() {
    try (SocketPair sockets = SocketPair.ofMessages()) {
      sockets.theirs().close();

      assertThatThrownBy(() -> UnixSocket.send(sockets.ours(), new byte[1], List.of()))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }
  }

  @Test
  void aLimitedWaitEnds() {
    try (SocketPair sockets = SocketPair.ofMessages()) {
      UnixSocket.limitWaiting(sockets.ours(), Duration.ofMillis(1));

      assertThatThrownBy(() -> sockets.ours().read(new byte[1]))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    }
  }
}
