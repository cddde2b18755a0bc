package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.agent.http.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are malicious, broken or slow.
@Timeout(30)
final class HostileRequestTest {
  private static final String ONE = "/v1/executors/" + FakeNode.RUN;
  private static final int BODY_BYTES = 64 * 1024;

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private LimitedServer limited;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    limited = new LimitedServer(directory, node);
    start(Duration.ofSeconds(30), 4096);
  }

  private void start(Duration requestTime, int connections) throws IOException {
    HttpLimits usual = HttpLimits.STANDARD;
    HttpLimits limits =
        new HttpLimits(
            usual.headBytes(),
            BODY_BYTES,
            connections,
            requestTime,
            usual.idleTime(),
            usual.heartbeat(),
            usual.eventBacklog(),
            Duration.ofMillis(100));
    server = limited.start(limits);
  }

  private void restart(Duration requestTime, int connections) throws IOException {
    server.close();
    start(requestTime, connections);
  }

  @AfterEach
  void close() throws IOException {
    limited.close(server);
  }

  private RawClient client() throws IOException {
    return limited.client();
  }

  private void assertHealthy() throws IOException {
    Answer answer = client().request("GET", "/healthz").answer();
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/executors/..%2f..",
        "/v1/executors/..%2F..%2Fetc%2Fpasswd",
        "/v1/executors/%2e%2e/kill",
        "/v1/executors/../info",
        "/v1/../metrics",
        "/v1/./info",
        "//v1/info",
        "/v1//info",
        "/v1/executors//stats",
        "/v1/executors/a%00b",
        "/v1/executors/a%0d%0aX-Evil:%201",
        "/v1/executors/a%5cb",
        "/v1/executors/a\\b",
        "/v1/executors/%c0%ae%c0%ae",
        "/v1/executors/%ff",
        "/v1/executors/%zz",
        "/v1/executors/%2",
        "/v1/executors/a;b=c",
        "/v1/executors/%u002e%u002e",
        "/v1/executors/a|b",
        "http://localhost/../v1/info",
        "v1/info",
        "*",
      })
  void aPathMadeToEscapeIsRefused(String target) throws IOException {
    Answer answer = client().request("GET", target).answer();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.body()).contains("\"code\":\"bad_request\"");
    assertThat(node.calls).isEmpty();
  }

  @Test
  void anOverlongPathIsRefused() throws IOException {
    assertThat(client().request("GET", "/v1/executors/" + "a".repeat(2000)).answer().status())
        .isEqualTo(400);
    assertThat(client().request("GET", "/v1/executors/" + "a".repeat(20_000)).answer().body())
        .contains("\"code\":\"too_large\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET /v1/info\r\n\r\n",
        "GET /v1/info HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /v1/info HTTP/1.1\r\n\r\n",
        "GET /v1/info HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /v1/info HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        "GET /v1/info HTTP/1.1\r\nHost: x\r\nA: b\r\n continued\r\n\r\n",
        "POST /v1/executors HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/executors HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /v1/executors HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/executors HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /v1/info HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      })
  void aMalformedRequestIsAnsweredInJson(String request) throws IOException {
    Answer answer = client().send(request).answer();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"code\":\"bad_request\"");
    assertThat(answer.body()).doesNotContain("jetty", "Exception");
    assertThat(answer.headers()).doesNotContainKey("server");
  }

  @Test
  void headersThatAreTooLargeAreRefused() throws IOException {
    Answer answer = client().request("GET", "/v1/info", "A: " + "x".repeat(17_000)).answer();

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body()).contains("\"code\":\"too_large\"");
  }

  @Test
  void aLargeBodyIsRefusedByItsLength() throws IOException {
    Answer answer =
        client().request("POST", "/v1/executors", "Content-Length: " + (BODY_BYTES + 1)).answer();

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(answer.body()).contains("larger than " + BODY_BYTES);
  }

  @Test
  void aLargeBodyIsRefusedWhenItSaysNoLength() throws IOException {
    RawClient client = client().request("POST", "/v1/executors", "Transfer-Encoding: chunked");
    String chunk = "2000\r\n" + " ".repeat(0x2000) + "\r\n";
    for (int sent = 0; sent <= BODY_BYTES; sent += 0x2000) {
      client.send(chunk);
    }

    assertThat(client.answer().status()).isEqualTo(413);
    assertThat(client.isClosedByServer()).isTrue();
  }

  @Test
  void aBodyOfTheLargestSizeIsRead() throws IOException {
    String text = "{\"command\":[\"x\"]}";
    String body = text + " ".repeat(BODY_BYTES - text.length());

    assertThat(client().body("POST", "/v1/executors", body).answer().status()).isEqualTo(201);
  }

  @Test
  void aBodyThatEndsEarlyReachesNobody() throws IOException {
    RawClient client = client().request("POST", "/v1/executors", "Content-Length: 100");
    client.send("{\"command\":");
    client.close();

    assertHealthy();
    await().until(() -> server.served() == 0);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void aBodyIsAskedForWhenTheClientWaitsToBeAsked() throws IOException {
    RawClient client =
        client().request("POST", "/v1/executors", "Content-Length: 17", "Expect: 100-continue");
    assertThat(client.line()).startsWith("HTTP/1.1 100");
    client.line();

    assertThat(client.send("{\"command\":[\"x\"]}").answer().status()).isEqualTo(201);
  }

  @Test
  void requestsInOneGoAreAnsweredInTheirOrder() throws IOException {
    String get = "GET %s HTTP/1.1\r\nHost: x\r\n\r\n";
    RawClient client =
        client()
            .send(
                get.formatted("/v1/executors/first")
                    + get.formatted("/healthz")
                    + get.formatted("/v1/executors/missing")
                    + get.formatted("/v1/info"));

    assertThat(client.answer().body()).contains(FakeNode.RUN);
    assertThat(client.answer().body()).isEqualTo("ok\n");
    assertThat(client.answer().status()).isEqualTo(404);
    assertThat(client.answer().body()).contains("agent-1");
  }

  @Test
  void aRequestThatComesDuringAWaitIsAnsweredAfterIt() throws IOException {
    RawClient client = client().request("GET", ONE + "/wait");
    await().until(() -> node.waiting.get() == 1);
    client.request("GET", "/healthz").request("GET", "/v1/info");
    node.release.countDown();

    assertThat(client.answer().body()).contains("verdict");
    assertThat(client.answer().body()).isEqualTo("ok\n");
    assertThat(client.answer().body()).contains("agent-1");
  }

  @Test
  void anOldClientGetsItsAnswerAndTheEnd() throws IOException {
    RawClient client = client().send("GET /v1/executors/x/logs HTTP/1.0\r\n\r\n");

    Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("stdout says\n");
    assertThat(client.isClosedByServer()).isTrue();
  }

  @Test
  void slowClientsHoldNobodyUp() throws IOException {
    for (int i = 0; i < 50; i++) {
      client().send("GET /v1/in");
      client().request("POST", "/v1/executors", "Content-Length: 50").send("{");
      client().request("GET", "/v1/executors/slow");
      client().request("GET", ONE + "/wait");
    }
    await().until(() -> node.waiting.get() == 100);

    assertHealthy();
    assertThat(client().request("GET", "/v1/info").answer().status()).isEqualTo(200);
  }

  @Test
  void aRequestThatNeverEndsIsCutOff() throws IOException {
    restart(Duration.ofMillis(300), 100);
    RawClient head = client().send("GET /v1/in");
    RawClient body = client().request("POST", "/v1/executors", "Content-Length: 50").send("{");
    RawClient waiting = client().request("GET", ONE + "/wait");

    assertThat(head.isClosedByServer()).isTrue();
    assertThat(body.isClosedByServer()).isTrue();
    await().until(() -> node.waiting.get() == 1);
    node.release.countDown();
    assertThat(waiting.answer().status()).isEqualTo(200);
  }

  @Test
  void manyClientsAtOnceAreAllServed() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            threads.submit(() -> {
              try (RawClient own = RawClient.unix(directory.resolve("agent.sock"))) {
                int status = 0;
                for (int j = 0; j < 5; j++) {
                  status = own.request("GET", "/v1/executors").answer().status();
                }
                return status;
              }
            }));
      }
      assertHealthy();
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }
  }

  @Test
  void aConnectionTooManyIsToldSo() throws IOException {
    restart(Duration.ofSeconds(30), 2);
    RawClient first = client();
    RawClient second = client();
    assertThat(first.request("GET", "/healthz").answer().status()).isEqualTo(200);
    assertThat(second.request("GET", "/healthz").answer().status()).isEqualTo(200);

    Answer refused = client().answer();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.body()).contains("\"code\":\"unavailable\"");
    first.close();
    await()
        .ignoreExceptions()
        .until(() -> client().request("GET", "/healthz").answer().status() == 200);
  }
}
