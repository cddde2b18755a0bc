package dev.holdfast.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Listens on a socket and does, connection by connection, what the script says; the last part is
/// for all that follow.
final class ScriptedServer implements AutoCloseable {
  /// One connection's part. It is closed afterwards.
  interface Part {
    void play(Connection connection) throws Exception;
  }

  /// What the server sees of a connection.
  record Connection(String request, OutputStream output) {
    void send(String text) throws IOException {
      output.write(text.getBytes(StandardCharsets.UTF_8));
      output.flush();
    }
  }

  private final Path socket;
  private final ServerSocketChannel listener;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch played = new CountDownLatch(1);
  private final Thread thread;

  ScriptedServer(Path socket, Part... script) throws IOException {
    this.socket = socket;
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(() -> serve(List.of(script)), "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  /// Answers with a status and a body of known length.
  static Part answer(int status, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return raw(
        "HTTP/1.1 " + status + " Some Words\r\nContent-Length: " + length + "\r\n\r\n" + body);
  }

  static Part raw(String text) {
    return connection -> connection.send(text);
  }

  static String chunks(String... chunks) {
    StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (String chunk : chunks) {
      text.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
    }
    return text.toString();
  }

  private void serve(List<Part> script) {
    try {
      for (int i = 0; ; i++) {
        try (SocketChannel channel = listener.accept()) {
          String request = read(Channels.newInputStream(channel));
          requests.add(request);
          Part part = script.get(Math.min(i, script.size() - 1));
          part.play(new Connection(request, Channels.newOutputStream(channel)));
          played.countDown();
        } catch (IOException e) {
          if (!listener.isOpen()) {
            return;
          }
        }
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String read(InputStream input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String text = "";
    while (!text.contains("\r\n\r\n")) {
      int c = input.read();
      if (c < 0) {
        return text;
      }
      bytes.write(c);
      text = bytes.toString(StandardCharsets.UTF_8);
    }
    int at = text.indexOf("Content-Length: ");
    if (at < 0) {
      return text;
    }
    int length = Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
    return text + new String(input.readNBytes(length), StandardCharsets.UTF_8);
  }

  /// The requests so far.
  List<String> requests() {
    return requests;
  }

  /// The first line of the only request.
  String line() {
    return requests.get(0).lines().findFirst().orElseThrow();
  }

  void closeAfterARequest() throws IOException, InterruptedException {
    played.await();
    close();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(socket);
  }
}
