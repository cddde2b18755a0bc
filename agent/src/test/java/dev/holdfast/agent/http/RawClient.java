package dev.holdfast.agent.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A client that sends exactly what it is told, and reads an answer.
final class RawClient implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream input;
  private boolean insideChunks;

  private RawClient(SocketAddress address) throws IOException {
    this.channel = SocketChannel.open(address);
    this.input = new BufferedInputStream(Channels.newInputStream(channel));
  }

  static RawClient unix(Path socket) throws IOException {
    return new RawClient(UnixDomainSocketAddress.of(socket));
  }

  static RawClient tcp(int port) throws IOException {
    return new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  RawClient send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return this;
  }

  RawClient request(String method, String target, String... headers) throws IOException {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    text.append("Host: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return send(text.append("\r\n").toString());
  }

  RawClient body(String method, String target, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    request(method, target, "Content-Type: application/json", "Content-Length: " + bytes.length);
    return send(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  Answer answer() throws IOException {
    return answer(true);
  }

  /// @param hasBody false for the answer to HEAD
  Answer answer(boolean hasBody) throws IOException {
    String status = line();
    Map<String, String> headers = headers();
    int code = Integer.parseInt(status.split(" ", -1)[1]);
    if (code == 100) {
      return answer(hasBody);
    }
    return new Answer(code, headers, hasBody && code != 204 ? content(headers) : "");
  }

  private String content(Map<String, String> headers) throws IOException {
    if (headers.containsKey("transfer-encoding")) {
      StringBuilder text = new StringBuilder();
      for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
        text.append(chunk);
      }
      return text.toString();
    }
    byte[] bytes =
        headers.containsKey("content-length")
            ? input.readNBytes(Integer.parseInt(headers.get("content-length")))
            : input.readAllBytes();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  Map<String, String> headers() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  /// The next chunk of an answer in chunks; empty at its end.
  String chunk() throws IOException {
    if (insideChunks) {
      line(); // Jetty sends the end of a chunk's line with the next chunk
    }
    int length = Integer.parseInt(line(), 16);
    String chunk = new String(input.readNBytes(length), StandardCharsets.UTF_8);
    insideChunks = length > 0;
    if (!insideChunks) {
      line();
    }
    return chunk;
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int next = input.read();
      if (next < 0) {
        throw new EOFException("after: " + line);
      }
      if (next == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(next);
    }
  }

  /// Whether the server closed the connection, which it does sooner or later.
  boolean isClosedByServer() {
    try {
      return input.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
