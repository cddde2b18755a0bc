package dev.holdfast.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// What comes from a socket, buffered. Closing it closes the socket, and ends a read that waits in
/// another thread.
final class SocketInput extends InputStream {
  private static final int BUFFER_SIZE = 8192;

  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE).limit(0);

  SocketInput(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, count);
    return count;
  }

  /// Whether there is a byte in the buffer; waits for one.
  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int count = channel.read(buffer);
    buffer.flip();
    return count > 0;
  }

  /// The next line, without its end.
  ///
  /// @throws EOFException when there is no whole line
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (!fill()) {
        throw new EOFException("the answer ends too early");
      }
      char c = (char) (buffer.get() & 0xff); // ISO 8859-1
      if (c == '\n') {
        break;
      }
      if (line.length() == BUFFER_SIZE) {
        throw new HttpFormatException("a line of the answer's head is too long");
      }
      line.append(c);
    }
    int end = line.length() - 1;
    if (end >= 0 && line.charAt(end) == '\r') {
      line.setLength(end);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
