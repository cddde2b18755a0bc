package dev.holdfast.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// What a stream reads from: the body of one answer after another. One thread changes it; another
/// may close it, which ends the reading, also from a body that is only about to be there.
final class LiveBody implements AutoCloseable {
  private Optional<InputStream> body = Optional.empty();
  private boolean closed;

  /// Absent before the first, and between two of them.
  synchronized Optional<InputStream> current() {
    return body;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /// Reads from another one. That it was asked for before, without a lock, is why a close does not
  /// wait for an agent that does not answer.
  ///
  /// @throws IOException when it was closed meanwhile
  synchronized InputStream begin(InputStream stream) throws IOException {
    if (closed) {
      stream.close();
      throw new IOException("closed");
    }
    body = Optional.of(stream);
    return stream;
  }

  /// Lets go of the current one.
  synchronized void drop() {
    try {
      if (body.isPresent()) {
        body.get().close();
      }
    } catch (IOException e) {
      // it is of no use any more
    }
    body = Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed = true;
    drop();
  }
}
