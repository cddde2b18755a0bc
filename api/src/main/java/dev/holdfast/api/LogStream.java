package dev.holdfast.api;

import dev.holdfast.api.HttpExchange.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// A followed log, over the agent's restarts, to the run's end. For one thread; another may close
/// it, which ends the reading.
///
/// The agent counts from the log's beginning, which moves when an old file is rotated away. So what
/// was read last is kept: where it is in the log is where to go on after a restart.
final class LogStream extends InputStream {
  private final Door door;
  private final Request whole;
  private final Request followed;
  private final BooleanSupplier hasEnded;
  private final Reconnection reconnection;
  private final LogPosition position = new LogPosition();
  private final LiveBody body = new LiveBody();
  private InputStream pending = InputStream.nullInputStream();

  /// @param target the log's, with a query
  /// @param hasEnded asks whether the run has ended, and so its log
  LogStream(Door door, String target, OptionalLong tail, BooleanSupplier hasEnded) {
    this.door = door;
    this.whole = Request.of("GET", target);
    this.followed = Request.of("GET", target + "&follow=1");
    this.hasEnded = hasEnded;
    this.reconnection = door.reconnection();
    try {
      while (!begin(tail)) {
        // the agent is on its way back
      }
    } catch (InterruptedIOException e) {
      throw door.failure(e);
    }
    reconnection.met();
  }

  /// Returns whether it has begun.
  private boolean begin(OptionalLong tail) throws InterruptedIOException {
    try {
      if (tail.isPresent()) {
        byte[] log = readWhole();
        catchUp(log, LogPosition.tail(log, tail.getAsLong()));
      } else {
        follow(0);
      }
      return true;
    } catch (IOException e) {
      retry(door.failure(e));
    } catch (HoldfastException e) {
      retry(e);
    }
    return false;
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
    while (true) {
      int left = pending.read(bytes, offset, length);
      if (left > 0) {
        return left;
      }
      try {
        int count = readOn(bytes, offset, length);
        if (count > 0 || hasEnded.getAsBoolean()) {
          return count;
        }
        throw new IOException("an agent that stops ends its streams");
      } catch (IOException e) {
        body.drop();
        if (body.isClosed()) {
          throw e;
        }
        retry(door.failure(e));
      } catch (HoldfastException e) {
        body.drop();
        if (body.isClosed()) {
          throw new IOException("closed", e);
        }
        retry(e);
      }
    }
  }

  private int readOn(byte[] bytes, int offset, int length) throws IOException {
    Optional<InputStream> stream = body.current();
    if (stream.isEmpty()) {
      byte[] log = readWhole();
      catchUp(log, position.in(log));
      reconnection.met();
      int missed = pending.read(bytes, offset, length);
      if (missed > 0) {
        return missed;
      }
      stream = body.current();
    }
    int count = stream.orElseThrow(() -> new IOException("closed")).read(bytes, offset, length);
    if (count > 0) {
      position.advance(bytes, offset, count);
    }
    return count;
  }

  private void retry(HoldfastException failure) throws InterruptedIOException {
    try {
      reconnection.pause(failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private byte[] readWhole() throws IOException {
    try (HttpExchange exchange = door.ask(whole)) {
      return exchange.body().readAllBytes();
    }
  }

  /// Has what is in `log` from `start` on read next, and then what comes after it.
  private void catchUp(byte[] log, int start) throws IOException {
    follow(log.length);
    pending = new ByteArrayInputStream(log, start, log.length - start);
    position.jump(log);
  }

  private void follow(long skipped) throws IOException {
    body.begin(door.ask(followed).body()).skipNBytes(skipped);
  }

  @Override
  public void close() {
    body.close();
  }
}
