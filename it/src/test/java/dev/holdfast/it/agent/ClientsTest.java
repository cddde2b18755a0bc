package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Many clients of one agent, and one that takes its time.
@KernelTest
@AnyLayout
final class ClientsTest {
  private static final int CLIENTS = 500;
  private static final int PROBES = 200;

  @RegisterExtension final Ground ground = new Ground();

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(ground.runtime().resolve("agent.sock")));
    return channel;
  }

  private static byte[] request(String target) {
    return ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads one answer of a known length from a connection that goes on; returns its status line.
  private static String answer(InputStream input) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = input.read();
      assertThat(c).as("the end after " + head).isNotNegative();
      head.append((char) c);
    }
    String length = head.toString().replaceAll("(?is).*content-length: *([0-9]+).*", "$1");
    int count = Integer.parseInt(length);
    assertThat(input.readNBytes(count)).hasSize(count);
    return head.substring(0, head.indexOf("\r\n"));
  }

  /// Asks again and again until the others are done; returns how often it was answered.
  private int askUntil(AtomicBoolean done, AtomicInteger met) throws IOException {
    int answers = 0;
    try (SocketChannel channel = connect()) {
      InputStream input = Channels.newInputStream(channel);
      do {
        channel.write(ByteBuffer.wrap(request("/v1/executors?all=1")));
        assertThat(answer(input)).isEqualTo("HTTP/1.1 200 OK");
        if (answers++ == 0) {
          met.incrementAndGet();
        }
      } while (!done.get());
    }
    return answers;
  }

  /// How long each answer took, in nanoseconds.
  private List<Long> probe() throws IOException {
    List<Long> took = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      long begin = System.nanoTime();
      try (SocketChannel channel = connect()) {
        channel.write(ByteBuffer.wrap(request("/healthz")));
        assertThat(answer(Channels.newInputStream(channel))).isEqualTo("HTTP/1.1 200 OK");
      }
      took.add(System.nanoTime() - begin);
    }
    return took.stream().sorted().toList();
  }

  private static String describe(List<Long> sorted) {
    return String.format(
        "median %.1f ms, 99 %% %.1f ms",
        sorted.get(PROBES / 2) / 1e6, sorted.get(PROBES * 99 / 100) / 1e6);
  }

  @Test
  void healthIsToldWhileFiveHundredAskAndOneSendsAByteASecond() throws Exception {
    Agent agent = Agent.start(ground);
    agent.launch("a", "true").expect(0);
    List<Long> idle = probe();
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger met = new AtomicInteger();
    List<Future<Integer>> clients = new ArrayList<>();
    List<Long> busy;
    try (SocketChannel slow = connect();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ByteBuffer bytes = ByteBuffer.wrap(request("/healthz"));
      Future<?> dripping =
          clock.scheduleAtFixedRate(
              () -> {
                try {
                  slow.write(bytes.slice(bytes.position(), 1));
                  bytes.position(bytes.position() + 1);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              },
              0,
              1,
              TimeUnit.SECONDS);
      try {
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(threads.submit(() -> askUntil(done, met)));
        }
        dev.holdfast.it.harness.Waiting.until(
            "all clients are being served", () -> met.get() == CLIENTS);
        busy = probe();
        assertThat(dripping.isDone()).as("the slow one is cut off").isFalse();
      } finally {
        done.set(true);
        dripping.cancel(false);
      }
    }
    System.out.println("/healthz alone: " + describe(idle) + "; among 500: " + describe(busy));
    for (Future<Integer> client : clients) {
      assertThat(client.get()).isPositive();
    }
    agent.end();
  }
}
