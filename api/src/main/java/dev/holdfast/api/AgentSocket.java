package dev.holdfast.api;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a node's agent listens.
public final class AgentSocket {
  private static final String RUNTIME_DIRECTORY = "/run/holdfast";

  private AgentSocket() {}

  /// `HOLDFAST_SOCKET`, else `agent.sock` in `HOLDFAST_RUNTIME_DIR` or in `/run/holdfast`.
  ///
  /// @throws java.nio.file.InvalidPathException when the variable is no path
  public static Path path() {
    String socket = System.getenv("HOLDFAST_SOCKET");
    if (socket != null && !socket.isEmpty()) {
      return Path.of(socket);
    }
    String runtime = System.getenv("HOLDFAST_RUNTIME_DIR");
    return Path.of(
        runtime == null || runtime.isEmpty() ? RUNTIME_DIRECTORY : runtime, "agent.sock");
  }

  /// Whether there is an agent to ask. A socket that its listener has left behind is none; one that
  /// we may not use is, and tells so when it is asked.
  public static boolean isInPlace(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return Files.exists(socket);
    }
  }
}
