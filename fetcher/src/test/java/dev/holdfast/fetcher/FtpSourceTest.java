package dev.holdfast.fetcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server of FTP that says what it is told to.
final class FtpSourceTest {
  @TempDir private Path directory;

  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new Sandbox(directory);
  }

  /// @param size what SIZE answers
  /// @param retrieve what RETR answers
  /// @param end what follows the data
  private static ScriptedServer server(String size, String retrieve, String data, String end) {
    return server(ServerSocketFactory.getDefault(), size, retrieve, data, end);
  }

  /// @param sockets for the commands and for the data
  static ScriptedServer server(
      ServerSocketFactory sockets, String size, String retrieve, String data, String end) {
    return new ScriptedServer(
        sockets,
        connection -> {
          connection.say("220 hello\r\n");
          try (ServerSocket passive =
              sockets.createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
              switch (line.split(" ", 2)[0]) {
                case "USER" -> connection.say("331 password\r\n");
                case "PASS" -> connection.say("230 in\r\n");
                case "PBSZ", "PROT" -> connection.say("200 so be it\r\n");
                case "TYPE" -> connection.say("200 binary\r\n");
                case "SIZE" -> connection.say(size + "\r\n");
                case "EPSV" -> connection.say("500 what\r\n");
                case "PASV" -> {
                  int port = passive.getLocalPort();
                  connection.say("227 here (127,0,0,1," + port / 256 + "," + port % 256 + ")\r\n");
                }
                case "RETR" -> {
                  connection.say(retrieve + "\r\n");
                  if (retrieve.startsWith("1")) {
                    send(passive, data);
                    connection.say(end + "\r\n");
                  }
                }
                default -> connection.say("502 no\r\n");
              }
            }
          }
        });
  }

  private static void send(ServerSocket passive, String data) throws IOException {
    try (Socket socket = passive.accept()) {
      socket.getOutputStream().write(data.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void fetch(ScriptedServer server, String path) throws FetchException {
    sandbox.fetch(Sandbox.item(Job.Source.FTP, "file", "ftp://127.0.0.1:" + server.port() + path));
  }

  @Test
  void theEndOfATransferIsSuccess() throws Exception {
    for (String end : new String[] {"226 done", "250 done"}) {
      try (ScriptedServer server = server("213 5", "150 coming", "hello", end)) {
        fetch(server, "/dir/f%20ile");

        assertThat(sandbox.text("file")).isEqualTo("hello");
        assertThat(server.heard)
            .contains("USER anonymous", "TYPE I", "RETR dir/f ile")
            .doesNotContain("TYPE A");
      }
    }
  }

  @Test
  void aTransferThatIsBrokenOffIsNoFile() throws Exception {
    try (ScriptedServer server = server("500 what", "150 coming", "hel", "426 broken off")) {
      assertThatThrownBy(() -> fetch(server, "/file"))
          .hasMessage("the server answered 426 broken off");
    }
    try (ScriptedServer server = server("213 5", "150 coming", "hel", "226 done")) {
      assertThatThrownBy(() -> fetch(server, "/file")).hasMessage("it ended after 3 of 5 bytes");
    }
    assertThat(sandbox.names()).isEmpty();
  }

  @Test
  void aMissingFileIsToldInTheServersWords() throws Exception {
    try (ScriptedServer server = server("550 no", "550 No such file", "", "")) {
      assertThatThrownBy(() -> fetch(server, "/file"))
          .hasMessage("the server answered 550 No such file");
    }
  }

  @Test
  void theUriMayNameAUser() throws Exception {
    try (ScriptedServer server = server("213 5", "150 coming", "hello", "226 done")) {
      sandbox.fetch(
          Sandbox.item(
              Job.Source.FTP, "file", "ftp://me:my%40word@127.0.0.1:" + server.port() + "/file"));

      assertThat(server.heard).contains("USER me", "PASS my@word");
    }
  }

  @Test
  void nobodyPutsAnotherCommandIntoAName() throws Exception {
    try (ScriptedServer server = server("213 5", "150 coming", "hello", "226 done")) {
      assertThatThrownBy(() -> fetch(server, "/x%0d%0aDELE%20y"))
          .hasMessage("it has a control character in it");
      assertThat(server.heard).noneMatch(line -> line.startsWith("DELE"));
    }
  }
}
