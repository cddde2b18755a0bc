package dev.holdfast.agent.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.SelectorManager;

/// Bounds the connections that are open at the same time: one too many is told so, and closed.
/// Waiting in the kernel's queue instead, it would not know why nobody answers.
final class ConnectionBound implements SelectorManager.AcceptListener {
  private static final String BODY =
      Failure.json("unavailable", "too many connections are open, try again later");
  private static final byte[] REFUSAL =
      ("HTTP/1.1 503 Service Unavailable\r\n"
              + "Content-Type: application/json\r\n"
              + ("Content-Length: " + BODY.length() + "\r\n")
              + "Connection: close\r\n\r\n"
              + BODY)
          .getBytes(StandardCharsets.US_ASCII);

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionBound(int most) {
    this.most = most;
  }

  @Override
  public void onAccepting(SelectableChannel client) {
    if (open.incrementAndGet() > most) {
      refuse((SocketChannel) client);
    }
  }

  @Override
  public void onAcceptFailed(SelectableChannel client, Throwable cause) {
    open.decrementAndGet();
  }

  @Override
  public void onClosed(SelectableChannel client) {
    open.decrementAndGet();
  }

  private static void refuse(SocketChannel client) {
    // The socket's buffer is empty: this neither blocks nor writes a part.
    try (client) {
      client.write(ByteBuffer.wrap(REFUSAL));
      client.shutdownOutput();
    } catch (IOException _) {
      // It is gone already.
    }
  }
}
