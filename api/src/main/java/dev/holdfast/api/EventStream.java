package dev.holdfast.api;

import dev.holdfast.api.HttpExchange.Request;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/// Events as they happen, over the agent's restarts: whatever happens meanwhile follows. For one
/// thread; another may close it, which ends the waiting.
public final class EventStream implements AutoCloseable {
  private static final int LONGEST_LINE = 16 << 20;

  private final Door door;
  private final boolean follow;
  private final Reconnection reconnection;
  private OptionalLong last;
  private final LiveBody body = new LiveBody();

  EventStream(Door door, boolean follow, OptionalLong after) {
    this.door = door;
    this.follow = follow;
    this.last = after;
    this.reconnection = door.reconnection();
    try {
      connect();
    } catch (IOException e) {
      throw door.failure(e);
    }
  }

  private InputStream connect() throws IOException {
    Request request = Request.of("GET", "/v1/events?follow=" + (follow ? 1 : 0));
    if (last.isPresent()) {
      request = request.after(last.getAsLong());
    }
    InputStream stream = body.begin(door.ask(request).body());
    reconnection.met();
    return stream;
  }

  /// The next event; waits for it. Empty at the end: of those that there are when not following,
  /// and when it was closed.
  ///
  /// @throws HoldfastException when the agent does not come back
  public Optional<Event> next() throws InterruptedException {
    while (!body.isClosed()) {
      try {
        Optional<InputStream> stream = body.current();
        Optional<Event> event = read(stream.isPresent() ? stream.get() : connect());
        event.ifPresent(it -> last = OptionalLong.of(it.id()));
        if (event.isPresent() || !follow) {
          return event;
        }
        throw new EOFException("an agent that stops ends its streams");
      } catch (IOException e) {
        body.drop();
        if (!body.isClosed()) {
          retry(door.failure(e));
        }
      } catch (HoldfastException e) {
        retry(e);
      }
    }
    return Optional.empty();
  }

  private void retry(HoldfastException failure) throws InterruptedException {
    if (!follow) {
      throw failure;
    }
    reconnection.pause(failure);
  }

  /// The lines up to an empty one; those of other kinds than `data` say nothing that is not in it.
  private Optional<Event> read(InputStream input) throws IOException {
    StringBuilder data = new StringBuilder();
    while (true) {
      Optional<String> line = line(input);
      if (line.isEmpty()) {
        return Optional.empty();
      }
      if (line.get().startsWith("data:")) {
        data.append(data.isEmpty() ? "" : "\n").append(line.get().substring(5).strip());
      } else if (line.get().isEmpty() && !data.isEmpty()) {
        try {
          return Optional.of(Json.read(data.toString(), Event.class));
        } catch (IllegalArgumentException e) {
          throw door.malformed(e);
        }
      }
    }
  }

  private static Optional<String> line(InputStream input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int c = input.read(); c != '\n'; c = input.read()) {
      if (c < 0) {
        return Optional.empty();
      }
      if (bytes.size() == LONGEST_LINE) {
        throw new HttpFormatException("an event is too long");
      }
      if (c != '\r') {
        bytes.write(c);
      }
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    body.close();
  }
}
