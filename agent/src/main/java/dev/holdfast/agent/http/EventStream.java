package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import dev.holdfast.api.Event;
import dev.holdfast.api.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The node's events for one client, as server-sent events.
///
/// Whoever publishes only puts an event into a queue. A client that does not read as fast as events
/// come finds its connection cut when the queue is full; it may come back and go on where it was
/// (`Last-Event-ID`).
final class EventStream {
  private static final ByteBuffer HEARTBEAT =
      ByteBuffer.wrap(":\n\n".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
  private static final int MOST_AT_ONCE = 100;

  private final Exchange exchange;
  private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>();
  private int backlog = Integer.MAX_VALUE;
  private boolean behind;

  private EventStream(Exchange exchange) {
    this.exchange = exchange;
  }

  /// Returns when the client hangs up, the server closes, or all is told.
  ///
  /// @param follow also what happens from now on
  static void serve(Exchange exchange, Node node, Caller caller, OptionalLong after, boolean follow)
      throws IOException, InterruptedException {
    EventStream stream = new EventStream(exchange);
    try {
      exchange.whileConnected(_ -> {
        try (Node.Subscription _ = node.events(caller, after, stream::add)) {
          stream.bound();
          exchange.begin("text/event-stream");
          if (follow) {
            stream.follow();
          }
        }
        stream.writeQueued();
        return stream;
      });
    } catch (InterruptedException e) {
      if (stream.isBehind()) {
        throw e;
      }
      // The client hung up, which makes this vain, or the server closes, which ends the stream.
    }
    exchange.end();
  }

  /// Called by whoever publishes; does not block.
  private synchronized void add(Event event) {
    if (behind) {
      return;
    }
    if (queue.size() < backlog) {
      queue.add(event);
    } else {
      behind = true;
      exchange.abandon();
    }
  }

  private synchronized boolean isBehind() {
    return behind;
  }

  /// What was remembered came at once, and is not the client's fault.
  private synchronized void bound() {
    backlog = queue.size() + exchange.limits().eventBacklog();
  }

  private void follow() throws IOException, InterruptedException {
    while (true) {
      Event event = queue.poll(exchange.limits().heartbeat().toMillis(), TimeUnit.MILLISECONDS);
      if (event == null) {
        exchange.write(HEARTBEAT.duplicate());
      } else {
        write(event);
      }
    }
  }

  private void writeQueued() throws IOException {
    for (Event event = queue.poll(); event != null; event = queue.poll()) {
      write(event);
    }
  }

  private void write(Event first) throws IOException {
    List<Event> events = new ArrayList<>();
    events.add(first);
    queue.drainTo(events, MOST_AT_ONCE);
    StringBuilder text = new StringBuilder();
    for (Event event : events) {
      text.append("id: ").append(event.id()).append('\n');
      text.append("event: ").append(event.type()).append('\n');
      text.append("data: ").append(Json.format(event)).append("\n\n");
    }
    exchange.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
