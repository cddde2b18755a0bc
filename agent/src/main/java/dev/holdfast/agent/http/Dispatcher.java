package dev.holdfast.agent.http;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the route of each request and serves it in a virtual thread of its own, so that one that
/// waits holds nobody up.
///
/// `/healthz` is answered at once by the thread that read the request, and has nothing to queue
/// for.
final class Dispatcher extends Handler.Abstract.NonBlocking {
  static final String HEALTH = "/healthz";
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final List<Route> routes;
  private final HttpLimits limits;
  private final Turns turns = new Turns(Runtime.getRuntime().availableProcessors());
  private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopping = new AtomicBoolean();

  Dispatcher(Node node, HttpLimits limits) {
    this.routes = new Routes(node).all();
    this.limits = limits;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback, limits);
    if (isHealthCheck(request)) {
      exchange.requestRead();
      replyHealthy(exchange);
    } else {
      Door door = ((ChannelConnector) request.getConnectionMetaData().getConnector()).door();
      running.add(exchange);
      Thread.ofVirtual().name("http").start(() -> serve(exchange, door));
    }
    return true;
  }

  static void replyHealthy(Exchange exchange) {
    exchange.reply(200, Exchange.TEXT, "ok\n");
  }

  /// Ends all that waits, and turns away who still comes.
  void drain() {
    stopping.set(true);
    running.forEach(Exchange::abandon);
  }

  /// Requests that are being served.
  int served() {
    return running.size();
  }

  private static boolean isHealthCheck(Request request) {
    return HEALTH.equals(request.getHttpURI().getPath())
        && request.getHttpURI().getQuery() == null
        && (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"));
  }

  private void serve(Exchange exchange, Door door) {
    try {
      dispatch(exchange, door);
    } catch (Throwable e) {
      fail(exchange, e);
    } finally {
      exchange.endTurn();
      running.remove(exchange);
    }
  }

  private void dispatch(Exchange exchange, Door door) throws IOException, InterruptedException {
    if (stopping.get()) {
      throw Refusal.stopping();
    }
    Caller caller = exchange.admit(door);
    Request request = exchange.request();
    List<String> segments = Paths.segments(request.getHttpURI().getPath());
    String method = exchange.isHead() ? "GET" : request.getMethod();
    List<String> methods = new ArrayList<>();
    for (Route route : routes) {
      Optional<String> id = route.match(segments);
      if (id.isPresent() && route.method().equals(method)) {
        Query query =
            Query.parse(Optional.ofNullable(request.getHttpURI().getQuery()), route.parameters());
        if (!route.body()) {
          exchange.requestRead();
        }
        if (method.equals("GET")) {
          exchange.begin(turns.take());
        }
        route.action().run(exchange, new Route.Call(caller, id.get(), query));
        return;
      }
      id.ifPresent(_ -> methods.add(route.method()));
    }
    throw unknown(request, methods);
  }

  private static Refusal unknown(Request request, List<String> methods) {
    if (methods.isEmpty()) {
      return Refusal.notFound("there is no " + request.getHttpURI().getPath());
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return Refusal.method(request.getMethod(), String.join(", ", methods));
  }

  private static void fail(Exchange exchange, Throwable cause) {
    if (cause instanceof IOException && !(cause instanceof HttpException)) {
      exchange.abort(cause); // the client is gone
      return;
    }
    Failure failure = Failure.of(cause);
    if (failure.isOurs()) {
      LOG.error(
          "{} {} failed", exchange.request().getMethod(), exchange.request().getHttpURI(), cause);
    }
    exchange.fail(failure);
  }
}
