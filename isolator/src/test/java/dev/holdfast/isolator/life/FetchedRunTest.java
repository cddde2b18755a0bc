package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.fetch.Fetch;
import dev.holdfast.isolator.fetch.FetchedRun;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.KernelEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The way from the fetcher's end to the run, or to none.
@Timeout(30)
class FetchedRunTest {
  private static final Path NO_PROGRAM = Path.of("/nonexistent/executor-launcher");
  private static final ExecutorSpec SPEC =
      ExecutorSpec.builder(new ExecutorId("f", "e"), List.of("true")).build();

  @TempDir private Path directory;

  private static Outcome failed(RunId id) {
    return new Outcome(
        id,
        SPEC.id(),
        new Verdict.Exited(1),
        Optional.empty(),
        Instant.EPOCH,
        Duration.ZERO,
        Usage.NONE,
        0,
        Optional.empty(),
        Optional.empty());
  }

  /// A fetcher that has ended, but whose last words are awaited: somebody still has its socket.
  private static FetchedRun.Starter silentFetcher(FakeHost host, RunId id, KernelEvents events) {
    return new FetchedRun.Starter() {
      @Override
      public RunActor run(RunObserver observer) {
        return host.run(SPEC, NO_PROGRAM);
      }

      @Override
      public Run startFetcher(Fd stdio, RunObserver observer) {
        observer.ended(failed(id));
        return host.run(SPEC, NO_PROGRAM).handle();
      }

      @Override
      public KernelEvents events() {
        return events;
      }
    };
  }

  @Test
  void anInterruptAtTheEndOfAFetchIsNotLost() throws Exception {
    RunId id = RunId.random();
    Fetch fetch = new Fetch(id, SPEC, List.of(FetchUri.parse("http://h/a")), "job\n");
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    try (FakeHost host = new FakeHost(HostKind.V2, directory);
        KernelEvents events = new KernelEvents()) {
      FetchedRun run =
          new FetchedRun(id, SPEC.id(), fetch, silentFetcher(host, id, events), RunObserver.NONE);
      Thread thread =
          Thread.ofPlatform()
              .start(() -> {
                run.live();
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
      await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

      thread.interrupt();

      assertThat(run.await().verdict()).isInstanceOf(Verdict.LaunchFailed.class);
      assertThat(interrupted.join()).isTrue();
    }
  }
}
