package dev.holdfast.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// What a run wrote, for one client, as it comes.
final class LogStream {
  private static final int BUFFER_BYTES = 16 * 1024;

  private LogStream() {}

  /// Returns at the end of `log`, which it closes, or when the client hangs up or the server
  /// closes.
  static void serve(Exchange exchange, InputStream log) throws IOException, InterruptedException {
    try (log) {
      exchange.whileConnected(watch -> {
        exchange.begin("application/octet-stream");
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = read(log, buffer)) >= 0) {
          if (watch.hungUp() || Thread.interrupted()) {
            throw new InterruptedException();
          }
          // Nothing after a while: it asks whether anybody still listens.
          if (read > 0) {
            exchange.write(ByteBuffer.wrap(buffer, 0, read));
          }
        }
        return exchange;
      });
    }
    exchange.end();
  }

  private static int read(InputStream log, byte[] buffer) throws InterruptedException {
    try {
      return log.read(buffer);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw new UncheckedIOException(e);
    }
  }
}
