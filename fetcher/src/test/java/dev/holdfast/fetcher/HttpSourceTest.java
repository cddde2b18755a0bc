package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers of HTTP that answer well and badly.
final class HttpSourceTest {
  private static final String SUM_OF_HELLO =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @TempDir private Path directory;

  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new Sandbox(directory);
  }

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.length()
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  private static String redirect(String to) {
    return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n";
  }

  private static Job.Item item(String location) {
    return Sandbox.item(Job.Source.HTTP, "file", location);
  }

  private static Job.Item item(String location, boolean executable, String sum) {
    return new Job.Item(Job.Source.HTTP, executable, true, Optional.of(sum), "file", location);
  }

  private void fetch(ScriptedServer server) throws FetchException {
    sandbox.fetch(item(server.uri("/file")));
  }

  private void assertFails(ScriptedServer server, String reason) throws Exception {
    try (server) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(FetchException.class).hasMessage(reason);
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void whatComesIsThereForAllToRead() throws Exception {
    try (ScriptedServer server = ScriptedServer.http(ok("hello"))) {
      sandbox.fetch(item(server.uri("/a/file?x=1"), false, SUM_OF_HELLO));

      assertThat(server.heard.getFirst()).isEqualTo("GET /a/file?x=1 HTTP/1.1");
    }
    assertThat(sandbox.names()).containsExactly("file");
    assertThat(sandbox.text("file")).isEqualTo("hello");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sandbox.path("file"))))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void anExecutableIsExecutableForAll() throws Exception {
    try (ScriptedServer server = ScriptedServer.http(ok("hello"))) {
      sandbox.fetch(item(server.uri("/file"), true, SUM_OF_HELLO));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sandbox.path("file"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void aWrongSumIsToldWithBoth() throws Exception {
    String wrong = "0".repeat(64);
    try (ScriptedServer server = ScriptedServer.http(ok("hello"))) {
      assertThatThrownBy(() -> sandbox.fetch(item(server.uri("/file"), false, wrong)))
          .hasMessage("its SHA-256 is " + SUM_OF_HELLO + ", not " + wrong);
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void whatWasThereIsReplacedAndNoLinkFollowed() throws Exception {
    Path other = Files.writeString(sandbox.path("other"), "mine");
    Files.createSymbolicLink(sandbox.path("file"), other);
    try (ScriptedServer server = ScriptedServer.http(ok("hello"))) {
      fetch(server);
    }
    assertThat(sandbox.path("file")).isRegularFile().hasContent("hello");
    assertThat(other).hasContent("mine");
  }

  @ParameterizedTest
  @CsvSource({
    "404 Not Found, 404 (not found)",
    "403 Forbidden, 403 (forbidden)",
    "500 Oops, 500 (internal server error)",
    "204 No Content, 204",
    "206 Partial Content, 206",
    "304 Not Modified, 304",
  })
  void anythingButSuccessIsToldByItsStatus(String status, String told) throws Exception {
    assertFails(
        ScriptedServer.http(
            "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        "the server answered " + told);
  }

  @Test
  void aBodyThatEndsTooEarlyIsNoFile() throws Exception {
    assertFails(
        ScriptedServer.http("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"),
        "it ended after 5 of 100 bytes");
  }

  @Test
  void aChunkedBodyThatEndsTooEarlyIsNoFile() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.http(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n64\r\nx")) {
      assertThatThrownBy(() -> fetch(server)).isInstanceOf(FetchException.class);
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void aLengthThatIsNoNumberIsOneSentence() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.http("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello")) {
      assertThatThrownBy(() -> fetch(server))
          .isInstanceOf(FetchException.class)
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItComes() throws Exception {
    sandbox.sizeLimit = 4;
    assertFails(ScriptedServer.http(ok("hello")), "it is more than the limit of 4 bytes in all");
  }

  @Test
  void whatHasNoLengthIsStoppedAtTheLimit() throws Exception {
    sandbox.sizeLimit = 4;
    assertFails(
        ScriptedServer.http("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"),
        "it is more than the limit of 4 bytes in all");
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(connection -> {
          String path = connection.request().split(" ", -1)[1];
          int left = Integer.parseInt(path.substring(1));
          connection.say(left == 0 ? ok("hello") : redirect("/" + (left - 1)));
        })) {
      sandbox.fetch(item(server.uri("/3")));
      assertThat(sandbox.text("file")).isEqualTo("hello");
    }
  }

  @Test
  void aRedirectLoopIsLeft() throws Exception {
    assertFails(ScriptedServer.http(redirect("/file")), "it was redirected more than 20 times");
  }

  @ParameterizedTest
  @CsvSource({"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/y"})
  void redirectsToElsewhereAreNotFollowed(String target) throws Exception {
    assertFails(
        ScriptedServer.http(redirect(target)),
        "it was redirected to '" + target + "', which is not followed");
  }

  @Test
  void aPasswordGoesToItsHostAlone() throws Exception {
    try (ScriptedServer other = ScriptedServer.http(ok("hello"));
        ScriptedServer server = ScriptedServer.http(redirect(other.uri("/file")))) {
      sandbox.fetch(item(server.uri("/file").replace("//", "//me:secret@")));

      assertThat(server.heard).contains("Authorization: Basic bWU6c2VjcmV0");
      assertThat(other.heard).noneMatch(line -> line.startsWith("Authorization"));
    }
  }

  @Test
  void aServerThatDoesNotSpeakHttpIsOneSentence() throws Exception {
    try (ScriptedServer server = ScriptedServer.http("SSH-2.0-OpenSSH\r\n\r\n")) {
      assertThatThrownBy(() -> fetch(server))
          .isInstanceOf(FetchException.class)
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void aPortWithoutAServerIsRefused() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertThatThrownBy(() -> sandbox.fetch(item("http://127.0.0.1:" + port + "/file")))
        .hasMessage("the connection was refused");
  }

  @Test
  void aHostThatDoesNotExistIsTold() {
    assertThatThrownBy(() -> sandbox.fetch(item("http://no-such-host.invalid/file")))
        .hasMessage("there is no such host");
  }

  @Test
  void theProxyIsAskedUnlessTheHostIsExcepted() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.http(ok("by proxy"))) {
      sandbox.environment.put("http_proxy", "http://127.0.0.1:" + proxy.port());
      sandbox.fetch(item("http://nowhere.invalid/file"));

      assertThat(sandbox.text("file")).isEqualTo("by proxy");
      assertThat(proxy.heard.getFirst()).isEqualTo("GET http://nowhere.invalid/file HTTP/1.1");
      sandbox.environment.put("no_proxy", "example.org,.invalid");
      assertThatThrownBy(() -> sandbox.fetch(item("http://nowhere.invalid/file")))
          .hasMessage("there is no such host");
    }
  }

  @Test
  void theFirstThatFailsIsTheLast() throws Exception {
    try (ScriptedServer good = ScriptedServer.http(ok("hello"));
        ScriptedServer bad = ScriptedServer.http("HTTP/1.1 404 N\r\nConnection: close\r\n\r\n")) {
      Job.Item[] items =
          IntStream.range(0, 3)
              .mapToObj(
                  i -> Sandbox.item(Job.Source.HTTP, "f" + i, (i == 1 ? bad : good).uri("/f" + i)))
              .toArray(Job.Item[]::new);

      assertThatThrownBy(() -> sandbox.fetch(items)).hasMessageContaining("404");
    }
    assertThat(sandbox.names()).containsExactly("f0");
  }
}
