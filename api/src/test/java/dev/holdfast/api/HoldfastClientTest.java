package dev.holdfast.api;

import static dev.holdfast.api.ScriptedServer.answer;
import static dev.holdfast.api.ScriptedServer.chunks;
import static dev.holdfast.api.ScriptedServer.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HoldfastClientTest {
  private static final ExecutorInfo INFO =
      new ExecutorInfo(
          "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0",
          "default",
          "web",
          "running",
          "root",
          "nobody",
          List.of("sleep", "9"),
          Map.of(),
          ResourceLimits.NONE,
          null,
          "2026-01-02T03:04:05Z",
          null,
          null,
          7,
          6,
          "/sandbox",
          "/holdfast/x",
          List.of(),
          null,
          null,
          null);
  private static final String FINISHED = Json.format(INFO).replace("running", "finished");

  @TempDir private Path directory;

  private final List<ScriptedServer> servers = new ArrayList<>();

  private Path socket() {
    return directory.resolve("agent.sock");
  }

  private ScriptedServer serve(ScriptedServer.Part... script) throws IOException {
    ScriptedServer server = new ScriptedServer(socket(), script);
    servers.add(server);
    return server;
  }

  private HoldfastClient client() {
    return HoldfastClient.at(socket(), Duration.ofSeconds(20));
  }

  @AfterEach
  void close() throws IOException {
    for (ScriptedServer server : servers) {
      server.close();
    }
  }

  private static void ask(HoldfastClient client, Consumer<HoldfastClient> call) {
    try {
      call.accept(client);
    } catch (HoldfastException e) {
      // the answer fits one call only; the request is what counts
    }
  }

  static Stream<Map.Entry<String, Consumer<HoldfastClient>>> requests() {
    LaunchRequest launch = LaunchRequest.builder(List.of("a")).build();
    return Stream.of(
        Map.entry("GET /v1/executors?all=0", it -> it.list(false, Optional.empty())),
        Map.entry(
            "GET /v1/executors?all=1&framework=a%26b", it -> it.list(true, Optional.of("a&b"))),
        Map.entry("POST /v1/executors {\"command\":[\"a\"]}", it -> it.launch(launch)),
        Map.entry("GET /v1/executors/default%2Fweb", it -> it.inspect("default/web")),
        Map.entry(
            "PATCH /v1/executors/x {\"pids\":5}",
            it ->
                it.update(
                    "x", new ResourceLimits(null, null, null, null, null, null, null, 5L), false)),
        Map.entry(
            "PATCH /v1/executors/x?dry_run=1 {}", it -> it.update("x", ResourceLimits.NONE, true)),
        Map.entry("DELETE /v1/executors/x", it -> it.remove("x")),
        Map.entry("POST /v1/executors/x/kill {}", it -> it.kill("x", Optional.empty())),
        Map.entry(
            "POST /v1/executors/x/kill {\"signal\":\"TERM\"}",
            it -> it.kill("x", Optional.of("TERM"))),
        Map.entry("POST /v1/executors/x/stop {}", it -> it.stop("x", Optional.empty())),
        Map.entry(
            "POST /v1/executors/x/stop {\"timeout\":2.5}",
            it -> it.stop("x", Optional.of(Duration.ofMillis(2500)))),
        Map.entry(
            "POST /v1/executors/x/stop {\"timeout\":100}",
            it -> it.stop("x", Optional.of(Duration.ofSeconds(100)))),
        Map.entry("POST /v1/executors/x/pause", it -> it.pause("x")),
        Map.entry("POST /v1/executors/x/unpause", it -> it.unpause("x")),
        Map.entry("GET /v1/executors/x/stats", it -> it.stats("x")),
        Map.entry("GET /v1/executors/x/stats?history=1", it -> it.history("x")),
        Map.entry("GET /v1/executors/x/top", it -> it.top("x")),
        Map.entry("GET /v1/executors/x/explain", it -> it.explain("x")),
        Map.entry(
            "GET /v1/executors/x/logs?stream=stderr&tail=5",
            it -> it.logs("x", "stderr", false, OptionalLong.of(5))),
        Map.entry("GET /v1/events?follow=0", it -> it.events(false, OptionalLong.empty())),
        Map.entry("GET /v1/info", HoldfastClient::info),
        Map.entry("GET /v1/version", HoldfastClient::version),
        Map.entry("GET /healthz", HoldfastClient::isHealthy));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void everyMethodAsksItsRoute(Map.Entry<String, Consumer<HoldfastClient>> request)
      throws IOException {
    ScriptedServer server = serve(answer(200, "{}"));

    ask(client(), request.getValue());

    String asked = server.requests().get(0);
    String body = asked.substring(asked.indexOf("\r\n\r\n") + 4);
    assertThat(server.line().replace(" HTTP/1.1", "") + (body.isEmpty() ? "" : " " + body))
        .isEqualTo(request.getKey());
    assertThat(asked).contains("\r\nHost: localhost\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "../../etc, ..%2F..%2Fetc",
    "a b?c#d, a%20b%3Fc%23d",
    "'x\r\nHost: evil', x%0D%0AHost%3A%20evil",
    "%2F, %252F",
    "é, %C3%A9",
    "a-b_c.d~e, a-b_c.d~e",
  })
  void anIdIsOneSegmentOfThePathWhateverIsInIt(String id, String escaped) throws IOException {
    ScriptedServer server = serve(answer(404, "{}"));

    ask(client(), it -> it.inspect(id));

    assertThat(server.line()).isEqualTo("GET /v1/executors/" + escaped + " HTTP/1.1");
  }

  @Test
  void anAnswerIsReadHoweverItComes() throws IOException {
    String json = Json.format(INFO);
    serve(
        answer(200, json),
        raw(chunks(json.substring(0, 7), json.substring(7)) + "0\r\nTrailer: x\r\n\r\n"),
        raw("HTTP/1.0 200 OK\r\n\r\n" + json),
        raw(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-LENGTH:"
                + json.length()
                + "\r\n\r\n"
                + json),
        connection -> {
          for (char c : ("HTTP/1.1 200 OK\r\n\r\n" + json).toCharArray()) {
            connection.send(String.valueOf(c));
          }
        });

    for (int i = 0; i < 5; i++) {
      assertThat(client().inspect("x")).as("%d", i).isEqualTo(INFO);
    }
  }

  @Test
  void aRefusalIsWhatTheAgentSays() throws IOException {
    serve(answer(409, "{\"code\":\"conflict\",\"message\":\"it runs\",\"more\":1}"));

    HoldfastException refusal =
        catchThrowableOfType(HoldfastException.class, () -> client().remove("x"));

    assertThat(refusal.status()).isEqualTo(409);
    assertThat(refusal.code()).isEqualTo("conflict");
    assertThat(refusal).hasMessage("it runs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{}", "{\"code\":5}", "[]", "null"})
  void aRefusalInOtherWordsIsToldByItsStatus(String body) throws IOException {
    serve(answer(502, body));

    assertThatThrownBy(() -> client().info())
        .hasMessage("the agent on " + socket() + " answered HTTP 502");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
      })
  void whatIsNoAgentIsSaidToBeNone(String text) throws IOException {
    serve(raw(text));

    assertThatThrownBy(() -> client().info())
        .isInstanceOf(HoldfastException.class)
        .hasMessageStartingWith("what listens on " + socket() + " is no agent of Holdfast: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
      })
  void anAnswerThatBreaksOffIsNone(String text) throws IOException {
    serve(raw(text));

    assertThatThrownBy(() -> client().info())
        .isInstanceOf(HoldfastException.class)
        .hasMessage("the agent on " + socket() + " went away before it had answered");
  }

  @Test
  void withoutAnAgentTheSocketAndTheRemedyAreNamed() throws IOException {
    String message = "no agent listens on " + socket() + ": start one with holdfast agent";
    assertThatThrownBy(() -> client().info()).hasMessage(message);
    assertThatThrownBy(() -> client().await("x")).as("never met").hasMessage(message);
    assertThat(client().isHealthy()).isFalse();
    assertThat(AgentSocket.isInPlace(socket())).isFalse();

    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket()));
      assertThat(AgentSocket.isInPlace(socket())).isTrue();
    }
    assertThat(Files.exists(socket())).as("left behind").isTrue();
    assertThat(AgentSocket.isInPlace(socket())).isFalse();
    assertThatThrownBy(() -> client().info()).hasMessage(message);
  }

  @Test
  void anEmptyIdIsRefusedHere() {
    assertThatThrownBy(() -> client().remove("")).hasMessage("an id is empty");
  }

  @Test
  void awaitingOutlivesARestart() throws Exception {
    ScriptedServer old = serve(raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"));
    Thread restart =
        new Thread(() -> {
          try {
            old.closeAfterARequest();
            serve(
                answer(503, "{\"code\":\"unavailable\",\"message\":\"recovering\"}"),
                answer(200, "{\"verdict\":\"exited\"}"));
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    restart.start();

    assertThat(client().await("x").get("verdict").getAsString()).isEqualTo("exited");
    restart.join();
  }

  /// Though this call never saw the agent, the client did.
  @Test
  void awaitingBeginsDuringARestart() throws Exception {
    ScriptedServer old = serve(answer(200, "{\"version\":\"1\"}"));
    HoldfastClient client = client();
    client.version();
    old.closeAfterARequest();
    Thread restart =
        new Thread(() -> {
          try {
            Thread.sleep(100);
            serve(answer(200, "{\"verdict\":\"exited\"}"));
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    restart.start();

    assertThat(client.await("x").get("verdict").getAsString()).isEqualTo("exited");
    restart.join();
  }

  @Test
  void awaitingForATimeEnds() throws Exception {
    ScriptedServer server = serve(raw("HTTP/1.1 204 No Content\r\n\r\n"));

    assertThat(client().await("x", Duration.ofMillis(1))).isEmpty();
    assertThat(server.line()).startsWith("GET /v1/executors/x/wait?timeout=0");
  }

  @Test
  void awaitingEndsWhenTheAgentSaysNo() throws IOException {
    serve(raw(""), answer(404, "{\"code\":\"not_found\",\"message\":\"there is no run x\"}"));

    assertThatThrownBy(() -> client().await("x")).hasMessage("there is no run x");
  }

  @Test
  void anAgentThatStaysAwayIsGivenUp() throws IOException {
    ScriptedServer server = serve(raw(""));
    HoldfastClient impatient = HoldfastClient.at(socket(), Duration.ofMillis(50));

    assertThatThrownBy(() -> impatient.await("x"))
        .hasMessageContaining("went away before it had answered");
    assertThat(server.requests().size()).isGreaterThan(1);
  }

  @Test
  void aThreadThatAwaitsCanBeInterrupted() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    serve(connection -> {
      asked.countDown();
      over.await();
    });
    Throwable[] thrown = new Throwable[1];
    Thread waiter =
        new Thread(() -> {
          try {
            client().await("x");
          } catch (InterruptedException | RuntimeException e) {
            thrown[0] = e;
          }
        });
    waiter.start();
    asked.await();
    waiter.interrupt();
    waiter.join();
    over.countDown();

    assertThat(thrown[0]).isInstanceOf(InterruptedException.class);
  }

  private static String event(long id) {
    return ": a comment\r\nid: "
        + id
        + "\nevent: state\ndata: {\"id\":"
        + id
        + ",\"time\":\"t\",\"type\":\"state\",\ndata: \"message\":\"m\"}\n\n";
  }

  @Test
  void eventsGoOnAfterARestartWhereTheyWereBrokenOff() throws Exception {
    ScriptedServer server =
        serve(
            raw(chunks(event(1), event(2), "data: {\"id\":3")),
            raw(chunks() + "0\r\n\r\n"),
            raw(chunks(event(3))));
    List<Long> seen = new ArrayList<>();
    try (EventStream events = client().events(true, OptionalLong.empty())) {
      for (int i = 0; i < 3; i++) {
        seen.add(events.next().orElseThrow().id());
      }
    }

    assertThat(seen).containsExactly(1L, 2L, 3L);
    assertThat(server.requests().get(0)).doesNotContain("Last-Event-ID");
    assertThat(server.requests().get(1)).contains("\r\nLast-Event-ID: 2\r\n");
    assertThat(server.requests().get(2)).contains("\r\nLast-Event-ID: 2\r\n");
  }

  @Test
  void eventsThatAreNotFollowedEnd() throws Exception {
    serve(raw(chunks(event(8), event(9)) + "0\r\n\r\n"));
    try (EventStream events = client().events(false, OptionalLong.of(7))) {
      assertThat(events.next().orElseThrow().id()).isEqualTo(8);
      assertThat(events.next().orElseThrow().id()).isEqualTo(9);
      assertThat(events.next()).isEmpty();
    }
  }

  @Test
  void closingEventsDoesNotWaitForAnAgentThatDoesNotAnswer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    serve(
        raw(chunks(event(1))),
        connection -> {
          asked.countDown();
          closed.await();
          connection.send(chunks(event(2)));
        });
    EventStream events = client().events(true, OptionalLong.empty());
    assertThat(events.next()).isPresent();
    CompletableFuture<Optional<Event>> next = new CompletableFuture<>();
    Thread reader =
        new Thread(() -> {
          try {
            next.complete(events.next());
          } catch (Exception e) {
            next.completeExceptionally(e);
          }
        });
    reader.start();
    asked.await();

    events.close();

    closed.countDown();
    assertThat(next.get()).isEmpty();
  }

  private String follow(OptionalLong tail) throws IOException {
    try (InputStream log = client().logs("x", "stdout", true, tail)) {
      return new String(log.readAllBytes(), UTF_8);
    }
  }

  @Test
  void aFollowedLogEndsWithTheRun() throws IOException {
    serve(raw(chunks("one\n", "two\n") + "0\r\n\r\n"), answer(200, FINISHED));

    assertThat(follow(OptionalLong.empty())).isEqualTo("one\ntwo\n");
  }

  @Test
  void aFollowedLogGoesOnAfterARestart() throws IOException {
    ScriptedServer server =
        serve(
            raw(chunks("one\n", "tw")),
            answer(200, "one\ntwo\nthr"),
            raw(chunks("one\ntwo\nthree\n") + "0\r\n\r\n"),
            answer(200, Json.format(INFO)), // it stopped again: the run goes on
            answer(200, "one\ntwo\nthree\n"),
            raw(chunks("one\ntwo\nthree\nfour\n") + "0\r\n\r\n"),
            answer(200, FINISHED));

    assertThat(follow(OptionalLong.empty())).isEqualTo("one\ntwo\nthree\nfour\n");
    assertThat(server.requests()).hasSize(7);
  }

  @Test
  void aFollowedLogWithATailGoesOnWhereItWas() throws IOException {
    serve(
        answer(200, "one\ntwo\n"),
        raw(chunks("one\ntwo\nthree\n")),
        answer(200, "one\ntwo\nthree\nfour\n"),
        raw(chunks("one\ntwo\nthree\nfour\n") + "0\r\n\r\n"),
        answer(200, FINISHED));

    assertThat(follow(OptionalLong.of(1))).isEqualTo("two\nthree\nfour\n");
  }

  @Test
  void theTailOfAFollowedLogIsItsLastLines() throws IOException {
    serve(
        answer(200, "one\ntwo\nthree"),
        raw(chunks("one\ntwo\nthree", "!\n") + "0\r\n\r\n"),
        answer(200, FINISHED));

    assertThat(follow(OptionalLong.of(2))).isEqualTo("two\nthree!\n");
  }

  @Test
  void aLogOfAnUnknownRunIsAnError() throws IOException {
    serve(answer(404, "{\"code\":\"not_found\",\"message\":\"there is no run x\"}"));

    assertThatThrownBy(() -> follow(OptionalLong.empty())).hasMessage("there is no run x");
    assertThatThrownBy(() -> follow(OptionalLong.of(5))).hasMessage("there is no run x");
  }
}
