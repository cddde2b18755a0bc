package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Answers that take long: events, logs, waits.
@Timeout(30)
final class StreamTest {
  private static final String ONE = "/v1/executors/" + FakeNode.RUN;

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private LimitedServer limited;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    HttpLimits usual = HttpLimits.STANDARD;
    limited = new LimitedServer(directory, node);
    server =
        limited.start(
            new HttpLimits(
                usual.headBytes(),
                usual.bodyBytes(),
                usual.connections(),
                usual.requestTime(),
                usual.idleTime(),
                Duration.ofMillis(100),
                50,
                Duration.ofMillis(200)));
  }

  @AfterEach
  void close() throws IOException {
    limited.close(server);
  }

  private RawClient client() throws IOException {
    return limited.client();
  }

  private RawClient begin(String target, String... headers) throws IOException {
    RawClient client = client().request("GET", target, headers);
    assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
    client.headers();
    return client;
  }

  /// Passes over signs of life.
  private static String nextEvent(RawClient client) throws IOException {
    while (true) {
      String chunk = client.chunk();
      if (!chunk.startsWith(":")) {
        return chunk;
      }
    }
  }

  @Test
  void eventsComeAsTheyHappen() throws IOException {
    RawClient client = begin("/v1/events");
    await().until(() -> node.listeners() == 1);
    node.publish(FakeNode.event(7, "it runs"));

    assertThat(nextEvent(client))
        .startsWith("id: 7\nevent: launched\ndata: {\"id\":7,")
        .contains("\"message\":\"it runs\"")
        .endsWith("}\n\n");
  }

  @Test
  void withoutFollowingAllThatIsRememberedIsTold() throws IOException {
    node.publish(FakeNode.event(1, "event"));
    RawClient client = begin("/v1/events?follow=0");
    assertThat(client.chunk()).contains("id: 1\n");
    assertThat(node.calls).anyMatch(call -> call.endsWith(" events 0"));
    begin("/v1/events");
    assertThat(node.calls).anyMatch(call -> call.endsWith(" events -"));
  }

  @Test
  void aClientGoesOnWhereItWas() throws IOException {
    for (int i = 1; i <= 200; i++) {
      node.publish(FakeNode.event(i, "event"));
    }
    RawClient client = begin("/v1/events?follow=0", "Last-Event-ID: 3");
    StringBuilder text = new StringBuilder();
    for (String chunk = client.chunk(); !chunk.isEmpty(); chunk = client.chunk()) {
      text.append(chunk);
    }

    assertThat(text.toString().lines().filter(line -> line.startsWith("id: ")))
        .hasSize(197)
        .startsWith("id: 4")
        .endsWith("id: 200");
    assertThat(client.request("GET", "/healthz").answer().status()).isEqualTo(200);
    assertThat(client.request("GET", "/v1/events", "Last-Event-ID: x; y").answer().status())
        .isEqualTo(400);
  }

  @Test
  void aQuietStreamShowsThatItLives() throws IOException {
    assertThat(begin("/v1/events").chunk()).isEqualTo(":\n\n");
  }

  @Test
  void aClientThatDoesNotReadIsDroppedAndHoldsNobodyUp() throws IOException {
    begin("/v1/events");
    await().until(() -> node.listeners() == 1);
    String large = "x".repeat(10_000);
    for (int i = 1; node.listeners() == 1; i++) {
      assertThat(i).as("events until the client is dropped").isLessThan(1_000_000);
      node.publish(FakeNode.event(i, large));
    }

    await().until(() -> server.served() == 0);
  }

  @Test
  void theEndOfAClientEndsItsStream() throws IOException {
    RawClient events = begin("/v1/events");
    RawClient logs = begin(ONE + "/logs?follow=1");
    assertThat(logs.chunk()).isEqualTo("stdout says\n");
    RawClient wait = client().request("GET", ONE + "/wait");
    await().until(() -> node.listeners() == 1);
    await().until(() -> server.served() == 3);

    events.close();
    await().until(() -> server.served() == 2);
    assertThat(node.listeners()).isZero();
    logs.close();
    await().until(() -> server.served() == 1);
    assertThat(node.openLogs).hasValue(0);
    wait.close();
    await().until(() -> server.served() == 0);
    assertThat(node.waiting).hasValue(0);
  }

  @Test
  void followedLogsEndWithTheRun() throws IOException {
    RawClient client = begin(ONE + "/logs?follow=1&stream=stderr");
    assertThat(client.chunk()).isEqualTo("stderr says\n");
    node.release.countDown();

    assertThat(client.chunk()).isEmpty();
    assertThat(client.request("GET", "/healthz").answer().status()).isEqualTo(200);
  }

  @Test
  void closingEndsStreamsAndTellsThoseWhoWait() throws IOException {
    RawClient events = begin("/v1/events");
    RawClient wait = client().request("GET", ONE + "/wait");
    await().until(() -> server.served() == 2);
    await().until(() -> node.waiting.get() == 1);
    server.close();

    assertThat(nextEvent(events)).isEmpty();
    assertThat(wait.answer().body()).contains("\"code\":\"unavailable\"");
    assertThat(wait.isClosedByServer()).isTrue();
    assertThat(directory.resolve("agent.sock")).doesNotExist();
    assertThat(node.listeners()).isZero();
  }
}
