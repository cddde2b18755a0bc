package dev.holdfast.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void whoComesTooManyWaitsForTheEndOfATurn() throws Exception {
    Turns turns = new Turns(2);
    Turns.Turn first = turns.take();
    Turns.Turn second = turns.take();
    CountDownLatch comes = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Turns.Turn> third =
          threads.submit(() -> {
            comes.countDown();
            return turns.take();
          });
      comes.await();
      first.end();
      first.end();
      Turns.Turn its = third.get();
      its.end();
    }
    second.end();
    turns.take().end();
  }

  /// A look that hangs in the kernel keeps its turn.
  @Test
  void nobodyWaitsForEver() throws Exception {
    Turns turns = new Turns(1);
    Turns.Turn hangs = turns.take();

    Turns.Turn without = turns.take();

    without.end();
    hangs.end();
    assertThat(turns.take()).isNotNull();
  }
}
