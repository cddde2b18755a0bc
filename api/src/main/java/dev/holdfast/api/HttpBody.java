package dev.holdfast.api;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of an answer: of a known length, or in chunks. One that breaks off is an
/// [EOFException], so that it is never taken for a whole one.
final class HttpBody extends InputStream {
  private final SocketInput input;
  private final boolean chunked;
  private long remaining;
  private boolean ended;
  private boolean first = true;

  private HttpBody(SocketInput input, boolean chunked, long remaining) {
    this.input = input;
    this.chunked = chunked;
    this.remaining = remaining;
  }

  static HttpBody ofLength(SocketInput input, long length) {
    return new HttpBody(input, false, length);
  }

  static HttpBody inChunks(SocketInput input) {
    return new HttpBody(input, true, 0);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (remaining == 0 && !beginChunk()) {
      return -1;
    }
    int count = input.read(bytes, offset, (int) Math.min(length, remaining));
    if (count < 0) {
      throw new EOFException("the answer ends too early");
    }
    remaining -= count;
    return count;
  }

  private boolean beginChunk() throws IOException {
    if (!chunked || ended) {
      return false;
    }
    if (!first && !input.line().isEmpty()) {
      throw new HttpFormatException("a chunk of the answer is longer than it says");
    }
    first = false;
    remaining = size(input.line());
    if (remaining == 0) {
      ended = true;
      skipTrailers();
    }
    return !ended;
  }

  private void skipTrailers() throws IOException {
    String line = input.line();
    while (!line.isEmpty()) {
      line = input.line();
    }
  }

  private static long size(String line) throws HttpFormatException {
    int end = line.indexOf(';');
    String digits = (end < 0 ? line : line.substring(0, end)).strip();
    try {
      if (!digits.isEmpty() && Character.digit(digits.charAt(0), 16) >= 0) {
        return Long.parseLong(digits, 16);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new HttpFormatException("a chunk of the answer has no length");
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
