package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.agent.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class RoutesTest {
  private static final String ONE = "/v1/executors/" + FakeNode.RUN;
  private static final String ME = System.getProperty("user.name");

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.start(HttpConfig.at(directory.resolve("agent.sock")), node);
  }

  @AfterEach
  void close() {
    node.release.countDown();
    server.close();
  }

  private RawClient client() throws IOException {
    return RawClient.unix(directory.resolve("agent.sock"));
  }

  private Answer ask(String method, String target, String... headers) throws IOException {
    try (RawClient client = client()) {
      return client.request(method, target, headers).answer(!method.equals("HEAD"));
    }
  }

  private Answer send(String method, String target, String body) throws IOException {
    try (RawClient client = client()) {
      return client.body(method, target, body).answer();
    }
  }

  @Test
  void listsForThePeerThatTheKernelNames() throws IOException {
    Answer answer = ask("GET", "/v1/executors?all=1&framework=f%20x");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.headers()).doesNotContainKey("server");
    assertThat(answer.body()).startsWith("[{\"id\":\"" + FakeNode.RUN);
    assertThat(node.calls).containsExactly(ME + " list f x [true]");
  }

  @Test
  void launchTellsWhereTheRunIs() throws IOException {
    Answer answer = send("POST", "/v1/executors", "{\"name\":\"w\",\"command\":[\"true\"]}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("location")).isEqualTo(ONE);
    assertThat(node.calls).containsExactly(ME + " launch w [[true]]");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, '', 200, inspect",
    "DELETE, '', 204, remove",
    "POST, /kill, 200, kill",
    "POST, /stop, 200, stop",
    "POST, /pause, 204, pause",
    "POST, /unpause, 204, unpause",
    "GET, /stats, 200, stats",
    "GET, /stats?history=1, 200, history",
    "GET, /stats?history=0, 200, stats",
    "GET, /top, 200, top",
    "GET, /logs, 200, logs",
    "GET, /explain, 200, explain"
  })
  void eachRouteAsksTheNode(String method, String path, int status, String call)
      throws IOException {
    String id = "default%2Fweb";
    Answer answer = ask(method, "/v1/executors/" + id + path);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(node.calls).singleElement().asString().startsWith(ME + " " + call + " default/web");
  }

  @Test
  void bodiesReachTheNode() throws IOException {
    assertThat(send("POST", ONE + "/kill", "{\"signal\":\"TERM\"}").status()).isEqualTo(200);
    assertThat(send("POST", ONE + "/stop", "{\"timeout\":\"1m10s\"}").status()).isEqualTo(200);
    assertThat(send("POST", ONE + "/stop", "{\"timeout\":2.5}").status()).isEqualTo(200);
    assertThat(send("PATCH", ONE + "?dry_run=1", "{\"cpus\":2.0}").status()).isEqualTo(200);

    assertThat(node.calls)
        .containsExactly(
            ME + " kill " + FakeNode.RUN + " [TERM]",
            ME + " stop " + FakeNode.RUN + " [PT1M10S]",
            ME + " stop " + FakeNode.RUN + " [PT2.5S]",
            ME + " update " + FakeNode.RUN + " [2.0, true]");
  }

  @Test
  void logsChooseStreamAndTail() throws IOException {
    Answer answer = ask("GET", ONE + "/logs?stream=stderr&tail=5");

    assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
    assertThat(answer.body()).isEqualTo("stderr says\n");
    assertThat(node.calls).containsExactly(ME + " logs " + FakeNode.RUN + " [stderr, false, 5]");
    assertThat(node.openLogs).hasValue(0);
  }

  @Test
  void waitTellsTheOutcomeOrThatTimeIsOver() throws IOException {
    assertThat(ask("GET", ONE + "/wait?timeout=0.01").status()).isEqualTo(204);
    node.release.countDown();
    Answer answer = ask("GET", ONE + "/wait");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"verdict\":\"exited\"}\n");
  }

  @Test
  void nodeRoutesAnswer() throws IOException {
    assertThat(ask("GET", "/v1/info").body()).contains("\"agent_id\":\"agent-1\"");
    assertThat(ask("GET", "/v1/version").body()).contains("\"api\":\"v1\"");
    assertThat(ask("GET", "/healthz").body()).isEqualTo("ok\n");
    Answer metrics = ask("GET", "/metrics");
    assertThat(metrics.header("content-type"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body()).endsWith("holdfast_runs 1\n");
  }

  @Test
  void monitorAnswersAsTheSeedDid() throws IOException {
    String json = "[{\"executor_id\":\"web\"}]";
    assertThat(ask("GET", "/monitor/statistics").body()).isEqualTo(json);
    assertThat(ask("GET", "/monitor/statistics.json").body()).isEqualTo(json);
    Answer padded = ask("GET", "/monitor/usage.json?jsonp=jQuery.cb_1");
    assertThat(padded.body()).isEqualTo("jQuery.cb_1([]);");
    assertThat(padded.header("content-type")).startsWith("text/javascript");
    assertThat(ask("GET", "/monitor/usage.json?jsonp=alert(1)//").status()).isEqualTo(400);
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    Answer head = ask("HEAD", "/v1/info");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-length"))
        .isEqualTo(ask("GET", "/v1/info").header("content-length"));
    assertThat(ask("HEAD", "/v1/events").header("content-type")).isEqualTo("text/event-stream");
    assertThat(ask("HEAD", ONE + "/logs?follow=1").status()).isEqualTo(200);
    assertThat(ask("HEAD", "/healthz").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "senseless, 400, bad_request",
    "forbidden, 403, forbidden",
    "missing, 404, not_found",
    "busy, 409, conflict",
    "huge, 413, too_large",
    "later, 503, unavailable",
    "broken, 500, internal"
  })
  void failuresHaveAStatusAndAStableCode(String id, int status, String code) throws IOException {
    Answer answer = ask("GET", "/v1/executors/" + id);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.body()).startsWith("{\"code\":\"" + code + "\",\"message\":\"");
    assertThat(answer.body()).doesNotContain("secret", "Exception");
  }

  @Test
  void aMethodThatIsNotThereIsNamed() throws IOException {
    Answer answer = ask("PUT", ONE);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow").split(", "))
        .containsExactlyInAnyOrder("GET", "HEAD", "PATCH", "DELETE");
    assertThat(answer.body()).contains("method_not_allowed");
    assertThat(ask("POST", "/healthz").header("allow")).isEqualTo("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v2/executors", "/v1/executors/", "/v1/executors/abc/dance", "/x"})
  void anUnknownPathIsNotFound(String path) throws IOException {
    assertThat(ask("GET", path).status()).isEqualTo(404);
    assertThat(node.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/executors?sort=1",
        "/v1/executors?all=maybe",
        "/v1/executors?all=1&all=1",
        "/v1/executors?framework=%ff",
        "/v1/executors?framework=%0a",
        "/healthz?deep=1",
        ONE + "/wait?timeout=-1",
        ONE + "/wait?timeout=soon",
        ONE + "/logs?stream=stdin",
        ONE + "/logs?tail=-3",
      })
  void aBadParameterIsRefused(String target) throws IOException {
    Answer answer = ask("GET", target);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void anUnknownParameterIsNamed() throws IOException {
    assertThat(ask("GET", "/v1/executors?sort=1").body()).contains("'sort'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"commands\":[\"x\"]}",
        "{\"command\":\"x\"}",
        "{\"command\":[\"x\"],\"command\":[\"y\"]}",
        "{}",
        "[]",
        "{\"command\":[",
        "",
        "null"
      })
  void aBodyThatIsNoLaunchIsRefused(String body) throws IOException {
    Answer answer = send("POST", "/v1/executors", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("bad_request");
    assertThat(node.calls).isEmpty();
  }

  @Test
  void onlyJsonInUtf8IsRead() throws IOException {
    try (RawClient client = client()) {
      client.request("POST", ONE + "/kill", "Content-Type: text/plain", "Content-Length: 2");
      assertThat(client.send("{}").answer().status()).isEqualTo(400);
      client.request("POST", ONE + "/kill", "Content-Length: 15");
      assertThat(client.send("{\"signal\":\"\u00ff\"}X").answer().body()).contains("UTF-8");
      client.request(
          "POST",
          ONE + "/kill",
          "Content-Type: Application/JSON; charset=UTF-8",
          "Content-Length: 2");
      assertThat(client.send("{}").answer().status()).isEqualTo(200);
    }
  }
}
