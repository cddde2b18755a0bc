package dev.holdfast.agent.http;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/// Where the server listens, and for whom.
///
/// @param socket the Unix socket's file; made and removed by the server
/// @param inheritSocket the listening Unix socket is this process' standard input, as systemd's
///   socket was passed on; then `socket` is not touched
/// @param socketGroup whose members may connect, besides root
/// @param tcp read-only unless a request shows the token; port 0 takes a free one
/// @param tokenFile holds the token, and makes it needed for every request over TCP but `/healthz`
public record HttpConfig(
    Optional<Path> socket,
    boolean inheritSocket,
    String socketGroup,
    Optional<InetSocketAddress> tcp,
    Optional<Path> tokenFile,
    HttpLimits limits) {
  public static final String GROUP = "holdfast";

  /// Only the Unix socket, with the usual limits.
  public static HttpConfig at(Path socket) {
    return new HttpConfig(
        Optional.of(socket), false, GROUP, Optional.empty(), Optional.empty(), HttpLimits.STANDARD);
  }
}
