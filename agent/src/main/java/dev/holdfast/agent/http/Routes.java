package dev.holdfast.agent.http;

import dev.holdfast.agent.Node;
import dev.holdfast.agent.http.Route.Call;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.KillRequest;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.StopRequest;
import dev.holdfast.api.VersionInfo;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;

/// All that can be asked, as `docs/api.yaml` describes it. A plain `/healthz` does not get this
/// far, see [Dispatcher].
final class Routes {
  static final String EXECUTORS = "/v1/executors";
  private static final String ONE = EXECUTORS + "/" + Route.ID;
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final Predicate<String> CALLBACK =
      Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]{0,63}(\\.[A-Za-z_$][A-Za-z0-9_$]{0,63}){0,3}")
          .asMatchPredicate();

  private final Node node;

  Routes(Node node) {
    this.node = node;
  }

  List<Route> all() {
    return List.of(
        route("GET", EXECUTORS, this::list, "all", "framework"),
        withBody("POST", EXECUTORS, this::launch),
        route(
            "GET",
            ONE,
            (exchange, call) -> exchange.reply(200, node.inspect(call.caller(), call.id()))),
        withBody("PATCH", ONE, this::update, "dry_run"),
        route("DELETE", ONE, this::remove),
        withBody("POST", ONE + "/kill", this::kill),
        withBody("POST", ONE + "/stop", this::stop),
        route("POST", ONE + "/pause", this::pause),
        route("POST", ONE + "/unpause", this::unpause),
        route("GET", ONE + "/wait", this::await, "timeout"),
        route("GET", ONE + "/stats", this::stats, "history"),
        route(
            "GET",
            ONE + "/top",
            (exchange, call) -> exchange.reply(200, node.top(call.caller(), call.id()))),
        route("GET", ONE + "/logs", this::logs, "stream", "follow", "tail"),
        route(
            "GET",
            ONE + "/explain",
            (exchange, call) -> exchange.reply(200, node.explain(call.caller(), call.id()))),
        route("GET", "/v1/events", this::events, "follow"),
        route("GET", "/v1/info", (exchange, call) -> exchange.reply(200, node.info(call.caller()))),
        route("GET", "/v1/version", this::version),
        route("GET", Dispatcher.HEALTH, (exchange, _) -> Dispatcher.replyHealthy(exchange)),
        route(
            "GET",
            "/metrics",
            (exchange, call) -> exchange.reply(200, METRICS, node.metrics(call.caller()))),
        route("GET", "/monitor/statistics", this::statistics, "jsonp"),
        route("GET", "/monitor/statistics.json", this::statistics, "jsonp"),
        route("GET", "/monitor/usage.json", this::usage, "jsonp"));
  }

  private static Route route(String method, String path, Route.Action action, String... known) {
    return new Route(method, path, Set.of(known), false, action);
  }

  private static Route withBody(String method, String path, Route.Action action, String... known) {
    return new Route(method, path, Set.of(known), true, action);
  }

  private void list(Exchange exchange, Call call) {
    boolean all = call.query().flag("all", false);
    exchange.reply(200, node.list(call.caller(), all, call.query().text("framework")));
  }

  private void launch(Exchange exchange, Call call) throws IOException, InterruptedException {
    ExecutorInfo info = node.launch(call.caller(), exchange.requiredBody(LaunchRequest.class));
    exchange.header(
        HttpHeader.LOCATION,
        EXECUTORS + "/" + URLEncoder.encode(info.id(), StandardCharsets.UTF_8));
    exchange.reply(201, info);
  }

  private void update(Exchange exchange, Call call) throws IOException {
    boolean dryRun = call.query().flag("dry_run", false);
    ResourceLimits limits = exchange.requiredBody(ResourceLimits.class);
    exchange.reply(200, node.update(call.caller(), call.id(), limits, dryRun));
  }

  private void remove(Exchange exchange, Call call) {
    node.remove(call.caller(), call.id());
    exchange.replyNothing();
  }

  private void kill(Exchange exchange, Call call) throws IOException, InterruptedException {
    Optional<String> signal =
        exchange.body(KillRequest.class).flatMap(body -> Optional.ofNullable(body.signal()));
    exchange.reply(200, node.kill(call.caller(), call.id(), signal));
  }

  private void stop(Exchange exchange, Call call) throws IOException, InterruptedException {
    Optional<Duration> timeout =
        exchange
            .body(StopRequest.class)
            .flatMap(body -> Optional.ofNullable(body.timeout()))
            .filter(json -> !json.isJsonNull())
            .map(json -> Durations.parse("timeout", json));
    exchange.reply(200, node.stop(call.caller(), call.id(), timeout));
  }

  private void pause(Exchange exchange, Call call) {
    node.pause(call.caller(), call.id());
    exchange.replyNothing();
  }

  private void unpause(Exchange exchange, Call call) {
    node.unpause(call.caller(), call.id());
    exchange.replyNothing();
  }

  private void await(Exchange exchange, Call call) throws IOException, InterruptedException {
    Optional<Duration> patience = call.query().duration("timeout");
    exchange
        .whileConnected(_ -> node.await(call.caller(), call.id(), patience))
        .ifPresentOrElse(outcome -> exchange.reply(200, outcome), exchange::replyNothing);
  }

  private void stats(Exchange exchange, Call call) {
    if (call.query().flag("history", false)) {
      exchange.reply(200, node.history(call.caller(), call.id()));
    } else {
      exchange.reply(200, node.stats(call.caller(), call.id()));
    }
  }

  private void logs(Exchange exchange, Call call) throws IOException, InterruptedException {
    String stream = call.query().text("stream").orElse("stdout");
    if (!Set.of("stdout", "stderr").contains(stream)) {
      throw Refusal.badRequest("'stream' is '" + stream + "', neither stdout nor stderr");
    }
    boolean follow = call.query().flag("follow", false) && !exchange.isHead();
    OptionalLong tail = call.query().count("tail");
    LogStream.serve(exchange, node.logs(call.caller(), call.id(), stream, follow, tail));
  }

  private void events(Exchange exchange, Call call) throws IOException, InterruptedException {
    String last = exchange.request().getHeaders().get("Last-Event-ID");
    boolean follow = call.query().flag("follow", true) && !exchange.isHead();
    OptionalLong fromNowOn = follow ? OptionalLong.empty() : OptionalLong.of(0);
    OptionalLong after =
        last == null || last.isEmpty() ? fromNowOn : Query.count("Last-Event-ID", last);
    EventStream.serve(exchange, node, call.caller(), after, follow);
  }

  private void version(Exchange exchange, Call call) {
    exchange.reply(
        200,
        new VersionInfo(
            node.info(call.caller()).version(), "v1", System.getProperty("java.version", "")));
  }

  private void statistics(Exchange exchange, Call call) {
    monitor(exchange, call, node.monitorStatistics(call.caller()));
  }

  private void usage(Exchange exchange, Call call) {
    monitor(exchange, call, node.monitorUsage(call.caller()));
  }

  /// As the seed: with `jsonp`, the JSON becomes the argument of a call.
  private static void monitor(Exchange exchange, Call call, String json) {
    Optional<String> callback = call.query().text("jsonp");
    if (callback.isEmpty()) {
      exchange.reply(200, Exchange.JSON, json);
    } else if (CALLBACK.test(callback.get())) {
      exchange.reply(200, Exchange.JAVASCRIPT, callback.get() + "(" + json + ");");
    } else {
      throw Refusal.badRequest("'jsonp' is not the name of a JavaScript function");
    }
  }
}
