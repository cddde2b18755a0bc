package dev.holdfast.agent.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Servers of a fake node with limits of a test's own, one after the other on the same socket, and
/// the clients of all of them.
final class LimitedServer {
  private final Path socket;
  private final FakeNode node;
  private final List<RawClient> clients = new ArrayList<>();

  LimitedServer(Path directory, FakeNode node) {
    socket = directory.resolve("agent.sock");
    this.node = node;
  }

  HttpServer start(HttpLimits limits) throws IOException {
    HttpConfig usual = HttpConfig.at(socket);
    return HttpServer.start(
        new HttpConfig(
            usual.socket(), false, usual.socketGroup(), usual.tcp(), usual.tokenFile(), limits),
        node);
  }

  RawClient client() throws IOException {
    RawClient client = RawClient.unix(socket);
    clients.add(client);
    return client;
  }

  /// Closes the clients, lets the node go on, and closes the last server.
  void close(HttpServer last) throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    node.release.countDown();
    last.close();
  }
}
