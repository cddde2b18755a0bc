package dev.holdfast.agent.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.linux.SocketPair;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final int LENGTH = 100_000;
  private static final int EACH = 10;

  @Test
  void longLinesOfManyThreadsStayWhole() throws Exception {
    List<String> wanted = Stream.of("a", "b", "c", "d").map(it -> it.repeat(LENGTH)).toList();
    try (SocketPair sockets = SocketPair.create()) {
      Lines lines = new Lines(sockets.theirs());
      List<Thread> threads = new ArrayList<>();
      for (String line : wanted) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < EACH; i++) {
                    lines.write(line + "\n");
                  }
                }));
      }
      ByteArrayOutputStream told = new ByteArrayOutputStream();
      byte[] bytes = new byte[4096];
      while (told.size() < wanted.size() * EACH * (LENGTH + 1)) {
        told.write(bytes, 0, sockets.ours().read(bytes));
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(told.toString(UTF_8).lines().toList()).allMatch(wanted::contains);
    }
  }

  @Test
  void thatNobodyReadsIsNoFailure() {
    try (SocketPair sockets = SocketPair.create()) {
      sockets.ours().close();
      new Lines(sockets.theirs()).write("a\n");
      assertThat(sockets.theirs()).isNotNull();
    }
  }
}
