package dev.holdfast.api;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request over a Unix socket and its answer, on a connection of its own. The caller closes it,
/// or its body.
final class HttpExchange implements Closeable {
  private static final int LONGEST_TEXT = 256 << 20;
  private static final int MOST_HEADERS = 200;
  private static final int MOST_DIGITS = 18;

  private final int status;
  private final InputStream body;

  private HttpExchange(int status, InputStream body) {
    this.status = status;
    this.body = body;
  }

  /// A request. The head is ours but for `target`, which must be escaped, and the header's value.
  record Request(
      String method, String target, Optional<String> body, Optional<String> lastEventId) {
    static Request of(String method, String target) {
      return new Request(method, target, Optional.empty(), Optional.empty());
    }

    Request with(Object json) {
      return new Request(method, target, Optional.of(Json.format(json)), lastEventId);
    }

    Request after(long eventId) {
      return new Request(method, target, body, Optional.of(Long.toString(eventId)));
    }

    private byte[] bytes() {
      byte[] content = body.orElse("").getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder();
      head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
      head.append("Host: localhost\r\nConnection: close\r\n");
      lastEventId.ifPresent(id -> head.append("Last-Event-ID: ").append(id).append("\r\n"));
      if (body.isPresent()) {
        head.append("Content-Type: application/json\r\n");
      }
      if (body.isPresent() || !method.equals("GET")) {
        head.append("Content-Length: ").append(content.length).append("\r\n");
      }
      head.append("\r\n");
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
      all.writeBytes(content);
      return all.toByteArray();
    }
  }

  /// Connects, asks, and returns when the answer's head is there.
  ///
  /// @throws ConnectionException when no connection was made: then nothing was asked
  static HttpExchange send(Path socket, Request request) throws IOException {
    SocketChannel channel = connect(socket);
    try {
      IOException unsent = write(channel, request.bytes());
      return receive(new SocketInput(channel), unsent);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static SocketChannel connect(Path socket) throws ConnectionException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ConnectionException(e);
    }
  }

  /// The failure, if any: an agent that refuses a request may have answered before it hangs up.
  private static @Nullable IOException write(SocketChannel channel, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private static HttpExchange receive(SocketInput input, @Nullable IOException unsent)
      throws IOException {
    try {
      int status = status(input.line());
      Map<String, String> headers = headers(input);
      while (status / 100 == 1) { // as 100 Continue: the answer is yet to come
        status = status(input.line());
        headers = headers(input);
      }
      return new HttpExchange(status, body(status, headers, input));
    } catch (IOException e) {
      if (unsent != null) {
        e.addSuppressed(unsent);
      }
      throw e;
    }
  }

  private static int status(String line) throws HttpFormatException {
    // HTTP/1.1 200 OK
    boolean http = line.startsWith("HTTP/1.0 ") || line.startsWith("HTTP/1.1 ");
    boolean ends = line.length() == 12 || (line.length() > 12 && line.charAt(12) == ' ');
    long status = http && ends ? number(line.substring(9, 12)) : -1;
    if (status < 100 || status > 599) {
      throw new HttpFormatException("the answer is not HTTP");
    }
    return (int) status;
  }

  /// -1 for what has anything but digits, or more than 18. Regular expressions take a command's
  /// start 2 ms.
  private static long number(String text) {
    if (text.isEmpty() || text.length() > MOST_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = 10 * number + c - '0';
    }
    return number;
  }

  private static Map<String, String> headers(SocketInput input) throws IOException {
    Map<String, String> headers = new HashMap<>();
    int count = 0;
    for (String line = input.line(); !line.isEmpty(); line = input.line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || ++count > MOST_HEADERS) {
        throw new HttpFormatException("the answer's head is not HTTP");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private static InputStream body(int status, Map<String, String> headers, SocketInput input)
      throws HttpFormatException {
    if (status == 204 || status == 304) {
      return HttpBody.ofLength(input, 0);
    }
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return HttpBody.inChunks(input);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return input; // until the connection's end
    }
    long bytes = number(length);
    if (bytes < 0) {
      throw new HttpFormatException("the answer's length is not a number");
    }
    return HttpBody.ofLength(input, bytes);
  }

  int status() {
    return status;
  }

  InputStream body() {
    return body;
  }

  /// The whole body.
  String text() throws IOException {
    byte[] bytes = body.readNBytes(LONGEST_TEXT + 1);
    if (bytes.length > LONGEST_TEXT) {
      throw new HttpFormatException("the answer is too long");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    body.close();
  }

  /// There was nobody to ask.
  static final class ConnectionException extends IOException {
    private static final long serialVersionUID = 1;

    private final IOException reason;

    ConnectionException(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }
}
