package dev.holdfast.fetcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;

/// Answers each connection as its script says, whatever that does to a client.
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket server;
  private final Script script;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /// What has been asked, by lines.
  final List<String> heard = new CopyOnWriteArrayList<>();

  /// Serves one connection, which is closed when it returns.
  interface Script {
    void serve(Connection connection) throws IOException;
  }

  /// One client.
  final class Connection {
    private final BufferedReader in;
    private final OutputStream out;

    private Connection(Socket socket) throws IOException {
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      out = socket.getOutputStream();
    }

    /// The next line; empty at the end.
    String line() throws IOException {
      String line = in.readLine();
      if (line == null) {
        return "";
      }
      heard.add(line);
      return line;
    }

    /// The first line of a request of HTTP, after all of it has been read.
    String request() throws IOException {
      String first = line();
      String header = line();
      while (!header.isEmpty()) {
        header = line();
      }
      return first;
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /// Until the client goes, or the server is closed.
    void stall() throws IOException {
      long _ = in.transferTo(Writer.nullWriter());
    }
  }

  ScriptedServer(Script script) {
    this(ServerSocketFactory.getDefault(), script);
  }

  /// @param sockets for one that speaks TLS
  ScriptedServer(ServerSocketFactory sockets, Script script) {
    this.script = script;
    try {
      server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers every request so.
  static ScriptedServer http(String answer) {
    return new ScriptedServer(connection -> {
      String _ = connection.request();
      connection.say(answer);
    });
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      return;
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(new Connection(socket));
    } catch (IOException clientWent) {
      return;
    }
  }

  int port() {
    return server.getLocalPort();
  }

  String uri(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
