package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/// A client's connection. It knows how long a request has been coming in, and notices a client that
/// hangs up while its request is served.
///
/// Jetty reads nothing while a request is served, so nobody would see the end of the connection. A
/// [Watch] reads instead and keeps what comes, the client's next request, for Jetty.
final class ClientEndPoint extends SocketChannelEndPoint {
  private static final int AHEAD_BYTES = 4096;

  private final Executor executor;
  private final Object lock = new Object();
  // Between position and limit: read by a watch, not yet by Jetty. Guarded by lock.
  private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;
  private boolean watching;
  private boolean serving;
  private Optional<Long> incomingSince = Optional.empty();
  // One request after the other, but each in a thread of its own.
  private volatile Optional<Caller> caller = Optional.empty();

  ClientEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Executor executor) {
    super(channel, selector, key, scheduler);
    this.executor = executor;
  }

  /// Who is at the other end: asked once, since it cannot change.
  Caller caller(Function<SocketChannel, Caller> ask) {
    Optional<Caller> known = caller;
    if (known.isEmpty()) {
      known = Optional.of(ask.apply(getChannel()));
      caller = known;
    }
    return known.get();
  }

  /// All of the request is here.
  void requestRead() {
    synchronized (lock) {
      serving = true;
      incomingSince = Optional.empty();
    }
  }

  /// The answer is on its way; what comes now is the next request.
  void answered() {
    synchronized (lock) {
      serving = false;
    }
  }

  /// Whether a request's first byte came before `nanoTime`, and its last one is not here.
  boolean incomingSinceBefore(long nanoTime) {
    synchronized (lock) {
      return incomingSince.isPresent() && incomingSince.get() - nanoTime < 0;
    }
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    synchronized (lock) {
      int filled = ahead.hasRemaining() ? fillFromAhead(buffer) : super.fill(buffer);
      if (filled > 0 && !serving && incomingSince.isEmpty()) {
        incomingSince = Optional.of(System.nanoTime());
      }
      return filled;
    }
  }

  private int fillFromAhead(ByteBuffer buffer) {
    int position = BufferUtil.flipToFill(buffer);
    int filled = BufferUtil.put(ahead, buffer);
    BufferUtil.flipToFlush(buffer, position);
    return filled;
  }

  @Override
  protected void needsFillInterest() {
    boolean fillable;
    synchronized (lock) {
      fillable = !watching && ahead.hasRemaining();
    }
    if (fillable) {
      executor.execute(() -> getFillInterest().fillable());
    } else {
      super.needsFillInterest();
    }
  }

  /// Has `onHangUp` called, at most once and by another thread, when the client closes the
  /// connection, until the watch is closed. It must not block. To be used while a request is served
  /// whose body was read.
  Watch watch(Runnable onHangUp) {
    Watch watch = new Watch(onHangUp);
    synchronized (lock) {
      watching = true;
      watch.await();
    }
    return watch;
  }

  /// While it is open, the end of the connection is noticed.
  final class Watch implements Callback, AutoCloseable {
    private final Runnable onHangUp;
    private boolean closed;
    private boolean hungUp;

    private Watch(Runnable onHangUp) {
      this.onHangUp = onHangUp;
    }

    private void await() {
      if (!getFillInterest().tryRegister(this)) {
        throw new IllegalStateException("somebody else reads from " + ClientEndPoint.this);
      }
      if (!isOpen()) {
        failed(new ClosedChannelException()); // it went before there was somebody to tell
      }
    }

    boolean hungUp() {
      synchronized (lock) {
        return hungUp;
      }
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    @Override
    public void succeeded() {
      synchronized (lock) {
        if (closed) {
          return;
        }
        if (!readAhead()) {
          hangUp();
        } else if (ahead.limit() < ahead.capacity()) {
          await();
        }
        // else its next requests fill the buffer: then its end shows when they are read
      }
    }

    @Override
    public void failed(Throwable cause) {
      synchronized (lock) {
        if (!closed) {
          hangUp();
        }
      }
    }

    private void hangUp() {
      closed = true;
      hungUp = true;
      watching = false;
      onHangUp.run();
    }

    /// Gives reading back to Jetty.
    @Override
    public void close() {
      synchronized (lock) {
        if (closed) {
          return;
        }
        closed = true;
        watching = false;
      }
      // There is no other way to take a registration back; being closed, we do nothing with it.
      getFillInterest().fillable();
    }
  }

  /// @return whether the connection is still open
  private boolean readAhead() {
    if (ahead.capacity() == 0) {
      ahead = BufferUtil.allocate(AHEAD_BYTES);
    }
    try {
      return super.fill(ahead) >= 0;
    } catch (IOException e) {
      return false; // broken is closed, too
    }
  }
}
