package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import dev.holdfast.api.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// A request and its answer. Owned by the virtual thread that serves it; only [#abandon] is for
/// others.
final class Exchange {
  static final String JSON = "application/json";
  static final String JAVASCRIPT = "text/javascript; charset=utf-8";
  static final String TEXT = "text/plain; charset=utf-8";
  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
  private static final HttpField NO_SNIFF =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final ClientEndPoint client;
  private final HttpLimits limits;
  private Optional<Turns.Turn> turn = Optional.empty();
  private Optional<Thread> waiting = Optional.empty();
  private boolean abandoned;

  Exchange(Request request, Response response, Callback callback, HttpLimits limits) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.client = client(request);
    this.limits = limits;
  }

  static ClientEndPoint client(Request request) {
    return (ClientEndPoint) request.getConnectionMetaData().getConnection().getEndPoint();
  }

  Request request() {
    return request;
  }

  /// What is to be found out is found out in this turn, which ends before anybody waits: for a
  /// client, or for something to happen.
  void begin(Turns.Turn its) {
    turn = Optional.of(its);
  }

  void endTurn() {
    turn.ifPresent(Turns.Turn::end);
  }

  HttpLimits limits() {
    return limits;
  }

  boolean isHead() {
    return request.getMethod().equals("HEAD");
  }

  Caller admit(Door door) {
    return door.admit(client, request);
  }

  /// @return empty when there is none, which leaves everything to its default
  <T> Optional<T> body(Class<T> type) throws IOException {
    Optional<String> text = RequestBody.read(request, limits.bodyBytes());
    requestRead();
    return text.map(json -> RequestBody.parse(json, type));
  }

  <T> T requiredBody(Class<T> type) throws IOException {
    return body(type).orElseThrow(() -> Refusal.badRequest("the body is missing"));
  }

  /// From now on it takes as long as it takes: nothing is to come from the client.
  void requestRead() {
    client.requestRead();
    client.setIdleTimeout(0);
  }

  /// Something that waits.
  interface Waiting<T> {
    T run(ClientEndPoint.Watch watch) throws InterruptedException, IOException;
  }

  /// Runs what can take for ever. It is interrupted when the client hangs up or the server closes.
  ///
  /// @throws InterruptedException then
  <T> T whileConnected(Waiting<T> what) throws InterruptedException, IOException {
    endTurn();
    Thread self = Thread.currentThread();
    synchronized (this) {
      if (abandoned) {
        throw new InterruptedException();
      }
      waiting = Optional.of(self);
    }
    try (ClientEndPoint.Watch watch = client.watch(self::interrupt)) {
      T result = what.run(watch);
      if (watch.hungUp()) {
        throw new InterruptedException();
      }
      return result;
    } finally {
      synchronized (this) {
        waiting = Optional.empty();
      }
    }
  }

  /// The server closes: ends what would wait on.
  synchronized void abandon() {
    abandoned = true;
    waiting.ifPresent(Thread::interrupt);
  }

  void reply(int status, Object json) {
    reply(status, JSON, Json.format(json) + "\n");
  }

  void reply(int status, String type, String text) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    end(status, text.getBytes(StandardCharsets.UTF_8));
  }

  void replyNothing() {
    end(204, new byte[0]);
  }

  void header(HttpHeader name, String value) {
    response.getHeaders().put(name, value);
  }

  void fail(Failure failure) {
    if (response.isCommitted()) {
      // Half an answer was sent: cutting the connection is the only way left to say so.
      abort(new IOException(failure.message()));
      return;
    }
    response.reset();
    failure.allow().ifPresent(methods -> header(HttpHeader.ALLOW, methods));
    if (failure.status() == 413) {
      header(HttpHeader.CONNECTION, "close"); // the rest of the request is not read
    }
    reply(failure.status(), JSON, failure.json());
  }

  private void end(int status, byte[] body) {
    endTurn();
    common(status);
    if (status != 204) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    }
    client.setIdleTimeout(limits.idleTime().toMillis());
    response.write(true, ByteBuffer.wrap(body), ending());
  }

  /// Begins an answer of unknown length, and sends its headers.
  void begin(String type) throws IOException {
    endTurn();
    common(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    write(ByteBuffer.allocate(0));
  }

  /// Waits until the client has taken it.
  void write(ByteBuffer content) throws IOException {
    Content.Sink.write(response, false, content);
  }

  void end() {
    client.setIdleTimeout(limits.idleTime().toMillis());
    response.write(true, ByteBuffer.allocate(0), ending());
  }

  /// Cuts the connection.
  void abort(Throwable cause) {
    client.close(cause);
    callback.failed(cause);
  }

  private void common(int status) {
    response.setStatus(status);
    response.getHeaders().put(NO_STORE);
    response.getHeaders().put(NO_SNIFF);
  }

  /// The connection is told before Jetty: that reads the next request at once.
  private Callback ending() {
    return Callback.from(
        () -> {
          client.answered();
          callback.succeeded();
        },
        callback::failed);
  }
}
