package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.http.RawClient.Answer;
import dev.holdfast.isolator.Users;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class HttpServerTest {
  private static final String TOKEN = "s3cret-and-long-enough";

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();

  private Path socket() {
    return directory.resolve("agent.sock");
  }

  private HttpServer unix() throws IOException {
    return HttpServer.start(HttpConfig.at(socket()), node);
  }

  private HttpServer tcp(Optional<Path> tokenFile) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return HttpServer.start(
        new HttpConfig(
            Optional.empty(),
            false,
            HttpConfig.GROUP,
            Optional.of(any),
            tokenFile,
            HttpLimits.STANDARD),
        node);
  }

  private Path tokenFile(String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static void assumeRoot() {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
  }

  @Test
  void theSocketIsForOwnerAndGroupOnlyAndGoesWithTheServer() throws IOException {
    try (HttpServer _ = unix()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
          .isEqualTo("rw-rw----");
      try (var files = Files.list(directory)) {
        assertThat(files).containsExactly(socket());
      }
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aSocketThatNobodyListensOnIsReplaced() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();
    try (HttpServer _ = unix();
        RawClient client = RawClient.unix(socket())) {
      assertThat(client.request("GET", "/healthz").answer().status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsInUseIsLeftAlone() throws IOException {
    try (HttpServer _ = unix()) {
      assertThatThrownBy(this::unix)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("somebody listens on " + socket());
      assertThat(socket()).exists();
    }
    Files.writeString(socket(), "precious");
    assertThatThrownBy(this::unix).hasMessageContaining("not a socket");
    assertThat(socket()).hasContent("precious");
  }

  @Test
  void anothersSocketIsNotRemoved() throws IOException {
    try (HttpServer _ = unix()) {
      Files.delete(socket());
      Files.writeString(socket(), "another's");
    }
    assertThat(socket()).exists();
  }

  @Test
  void whatIsBeingServedComesToItsEnd() throws Exception {
    HttpServer server = unix();
    try (RawClient client = RawClient.unix(socket())) {
      client.request("GET", "/v1/executors/slow");
      await().until(() -> node.waiting.get() == 1);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
      await().until(() -> Files.notExists(socket()));
      node.release.countDown();

      assertThat(client.answer().status()).isEqualTo(200);
      closed.get();
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void numbersAreUsersWithoutAName() {
    Caller caller = SocketDoor.caller("4294967294", "12345", Users.SYSTEM);

    assertThat(caller).isEqualTo(new Caller(-2, 12345, "4294967294", Caller.Role.USER));
    assertThat(SocketDoor.caller("root", "root", Users.SYSTEM).role())
        .isEqualTo(Caller.Role.OPERATOR);
    assertThatThrownBy(() -> SocketDoor.caller("no-such-user", "root", Users.SYSTEM))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.status()).isEqualTo(403));
  }

  @Test
  void tcpWithoutATokenOnlyLooks() throws IOException {
    try (HttpServer server = tcp(Optional.empty());
        RawClient client = RawClient.tcp(server.tcpPort())) {
      assertThat(client.request("GET", "/v1/executors").answer().status()).isEqualTo(200);
      assertThat(client.request("HEAD", "/v1/info").answer(false).status()).isEqualTo(200);
      for (String method : new String[] {"POST", "DELETE", "PATCH", "PUT", "OPTIONS"}) {
        Answer answer = client.request(method, "/v1/executors/x").answer();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("read-only");
      }
      assertThat(node.calls).containsExactly("reader list - [false]");
    }
  }

  @Test
  void tcpWithATokenNeedsItForAllButHealth() throws IOException {
    assumeRoot();
    try (HttpServer server = tcp(Optional.of(tokenFile("rw-------")));
        RawClient client = RawClient.tcp(server.tcpPort())) {
      assertThat(client.request("GET", "/healthz").answer().status()).isEqualTo(200);
      assertThat(client.request("GET", "/metrics").answer().body()).contains("\"forbidden\"");
      assertThat(
              client
                  .request("GET", "/metrics", "Authorization: Bearer " + TOKEN + "x")
                  .answer()
                  .status())
          .isEqualTo(403);
      assertThat(
              client
                  .request("DELETE", "/v1/executors/x", "Authorization: Bearer " + TOKEN)
                  .answer()
                  .status())
          .isEqualTo(204);
      assertThat(node.calls).containsExactly("token remove x");
    }
  }

  @Test
  void aTokenThatOthersCanReadIsNotUsed() throws IOException {
    assumeRoot();
    Path open = tokenFile("rw-r--r--");
    assertThatThrownBy(() -> tcp(Optional.of(open))).hasMessageContaining("its mode is 644");
    Files.writeString(tokenFile("rw-------"), "\n");
    assertThatThrownBy(() -> tcp(Optional.of(open))).hasMessageContaining("one line");
    Files.setAttribute(tokenFile("rw-------"), "unix:uid", 65534);
    assertThatThrownBy(() -> tcp(Optional.of(open))).hasMessageContaining("not root");
  }

  @Test
  void webPagesAreKeptOut() throws IOException {
    try (HttpServer server = tcp(Optional.empty());
        RawClient client = RawClient.tcp(server.tcpPort())) {
      String get = "GET /v1/info HTTP/1.1\r\nHost: %s\r\n\r\n";
      for (String host : new String[] {"localhost:80", "127.0.0.1", "[::1]:8080", "LOCALHOST"}) {
        assertThat(client.send(get.formatted(host)).answer().status()).isEqualTo(200);
      }
      assertThat(client.send(get.formatted("evil.example:80")).answer().status()).isEqualTo(403);
      for (String header : new String[] {"Origin: null", "Sec-Fetch-Site: cross-site"}) {
        assertThat(client.request("GET", "/v1/info", header).answer().status()).isEqualTo(403);
      }
      assertThat(client.send("GET /v1/info HTTP/1.0\r\n\r\n").answer().status()).isEqualTo(200);
    }
  }

  @Test
  void theUnixSocketTakesAnyHost() throws IOException {
    try (HttpServer _ = unix();
        RawClient client = RawClient.unix(socket())) {
      String get = "GET /v1/info HTTP/1.1\r\nHost: whatever.example\r\n\r\n";
      assertThat(client.send(get).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aPortThatIsTakenLeavesNothingBehind() throws IOException {
    try (HttpServer server = tcp(Optional.empty())) {
      HttpConfig both =
          new HttpConfig(
              Optional.of(socket()),
              false,
              HttpConfig.GROUP,
              Optional.of(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), server.tcpPort())),
              Optional.empty(),
              HttpLimits.STANDARD);
      assertThatThrownBy(() -> HttpServer.start(both, node))
          .hasMessageContaining("cannot listen on");
    }
    assertThat(directory).isEmptyDirectory();
  }
}
