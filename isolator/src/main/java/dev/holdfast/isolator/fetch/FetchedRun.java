package dev.holdfast.isolator.fetch;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.UsageSampler;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.life.RunActor;
import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.SocketPair;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A run whose files are fetched first: two runs, one after the other, that look like one.
///
/// The fetcher is an attached run of its own, in a cgroup of its own, so all that holds for a run
/// holds for it: it can be killed, whole, and it ends with this process. Only when it has brought
/// all files does the run itself begin to live, on the same thread. What ends the fetching is the
/// verdict of the run.
public final class FetchedRun implements Run {
  /// The fetcher is dead, and with it all that could write.
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final Set<Signal> ENDING =
      Set.of(Signal.INT, Signal.TERM, Signal.HUP, Signal.QUIT, Signal.KILL);

  private final RunId id;
  private final ExecutorId executor;
  private final Fetch fetch;
  private final Starter starter;
  private final RunObserver observer;
  private final FetchReport report;
  private final RunActor actor;
  private final Run run;
  private final Instant created = Instant.now();
  private final long createdNanos = System.nanoTime();
  private final LinkedBlockingQueue<Event> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private volatile Optional<Run> fetcher = Optional.empty();
  private volatile Phase phase = Phase.FETCHING;

  /// What happens while files are fetched.
  private sealed interface Event {
    /// @param why absent when it had an outcome
    record FetcherEnded(Optional<Outcome> outcome, Optional<String> why) implements Event {}

    record StopRequested(String by) implements Event {}
  }

  /// Makes the runs that this one is made of.
  public interface Starter {
    /// The run itself, which does not live yet.
    RunActor run(RunObserver observer);

    /// Starts the fetcher, and returns at once.
    ///
    /// @param stdio its stdin, stdout and stderr, closed when it has them
    /// @throws IsolatorException when it cannot be started
    Run startFetcher(Fd stdio, RunObserver observer);

    KernelEvents events();
  }

  public FetchedRun(
      RunId id, ExecutorId executor, Fetch fetch, Starter starter, RunObserver observer) {
    this.id = id;
    this.executor = executor;
    this.fetch = fetch;
    this.starter = starter;
    this.observer = observer;
    report = new FetchReport(fetch.uris());
    actor = starter.run(ofRun());
    run = actor.handle();
  }

  // ---------------------------------------------------------------- the run's own thread

  /// Lives the whole life of the run.
  public void live() {
    try {
      Optional<Outcome> early = fetchAll();
      if (early.isPresent()) {
        end(early.get());
      } else {
        observer.changed(Phase.FETCHING, Phase.PREPARING, "its files are there");
        actor.live();
      }
    } catch (RuntimeException | Error e) {
      fail(new IsolatorException("the run's thread failed: " + e, e));
    } finally {
      actor.letGo();
    }
  }

  /// As the run's own observer, but that a run which cannot be set up has ended all the same:
  /// whoever launched it has been told that it is there.
  private RunObserver ofRun() {
    return new RunObserver() {
      @Override
      public void changed(Phase before, Phase after, String cause) {
        observer.changed(before, after, cause);
      }

      @Override
      public void decided(Verdict verdict) {
        observer.decided(verdict);
      }

      @Override
      public void ended(Outcome end) {
        end(end);
      }

      @Override
      public void failed(IsolatorException cause) {
        end(outcome(launchFailed(cause.getMessage()), Optional.empty()));
      }
    };
  }

  private void end(Outcome end) {
    phase = Phase.ENDED;
    observer.ended(end);
    outcome.complete(end);
  }

  private void fail(IsolatorException cause) {
    phase = Phase.ENDED;
    observer.failed(cause);
    outcome.completeExceptionally(cause);
  }

  /// Empty when all files are there.
  private Optional<Outcome> fetchAll() {
    try (SocketPair sockets = SocketPair.create();
        Hearing hearing = new Hearing(sockets.ours())) {
      sockets.ours().writeFully(ByteText.encode(fetch.job()));
      fetcher = Optional.of(starter.startFetcher(sockets.theirs(), ofFetcher()));
      Optional<String> stopped = Optional.empty();
      while (true) {
        switch (next()) {
          case Event.StopRequested(var by) -> {
            if (stopped.isEmpty()) {
              stopped = Optional.of(by);
              stopFetcher(by);
            }
          }
          case Event.FetcherEnded end -> {
            end.outcome().ifPresent(_ -> hearing.finish());
            return verdict(end, stopped).map(verdict -> outcome(verdict, end.outcome()));
          }
        }
      }
    } catch (IsolatorException | LinuxException e) {
      return Optional.of(outcome(cannotFetch(String.valueOf(e.getMessage())), Optional.empty()));
    }
  }

  private RunObserver ofFetcher() {
    return new RunObserver() {
      @Override
      public void ended(Outcome end) {
        mailbox.add(new Event.FetcherEnded(Optional.of(end), Optional.empty()));
      }

      @Override
      public void failed(IsolatorException cause) {
        mailbox.add(new Event.FetcherEnded(Optional.empty(), Optional.of(cause.getMessage())));
      }
    };
  }

  private Event next() {
    try {
      return mailbox.take();
    } catch (InterruptedException e) {
      // Whoever ends this thread ends the run with it.
      return new Event.StopRequested("an interrupt of its thread");
    }
  }

  private void stopFetcher(String by) {
    Verdict verdict = new Verdict.Killed(by);
    observer.decided(verdict);
    phase = Phase.KILLING;
    observer.changed(Phase.FETCHING, Phase.KILLING, verdict.word());
    fetcher.orElseThrow().stop(by, Fetch.GRACE);
  }

  /// Empty when the run may begin.
  private Optional<Verdict> verdict(Event.FetcherEnded end, Optional<String> stopped) {
    Optional<String> by = stopped;
    boolean succeeded =
        report.isDone()
            && end.outcome().filter(it -> it.verdict().equals(new Verdict.Exited(0))).isPresent();
    synchronized (mailbox) {
      while (by.isEmpty() && mailbox.poll() instanceof Event.StopRequested(var late)) {
        by = Optional.of(late);
      }
      if (by.isEmpty() && succeeded) {
        phase = Phase.PREPARING; // from here on whoever stops it stops the run itself
        return Optional.empty();
      }
    }
    return Optional.of(by.<Verdict>map(Verdict.Killed::new).orElseGet(() -> failure(end)));
  }

  private Verdict failure(Event.FetcherEnded end) {
    Optional<Verdict> late =
        end.outcome().map(Outcome::verdict).filter(it -> it instanceof Verdict.TimedOut);
    return late.orElseGet(() -> cannotFetch(why(end)));
  }

  private String why(Event.FetcherEnded end) {
    if (end.why().isPresent()) {
      return end.why().get();
    }
    return switch (end.outcome().orElseThrow().verdict()) {
      case Verdict.OutOfMemory _ -> "it takes more memory than a fetch may use";
      case Verdict.LaunchFailed(_, var reason) -> reason;
      case Verdict.Signaled(var signal, _) -> "the fetcher was ended by " + signal;
      case Verdict.Lost(var reason) -> "the fetcher was lost: " + reason;
      case Verdict.Exited(int code) ->
          report.failure().orElse("the fetcher ended with " + code + " and without a reason");
      case Verdict.Killed _, Verdict.TimedOut _ -> "the fetcher was ended";
    };
  }

  private Verdict cannotFetch(String why) {
    FetchUri uri = report.uri();
    return launchFailed("cannot fetch " + uri.shown() + ": " + why);
  }

  private static Verdict launchFailed(String why) {
    return new Verdict.LaunchFailed(Verdict.OWN_ERROR_CODE, why);
  }

  /// Of a run that never came to run.
  private Outcome outcome(Verdict verdict, Optional<Outcome> ofFetcher) {
    Optional<KillReceipt> kill = ofFetcher.flatMap(Outcome::kill);
    return new Outcome(
        id,
        executor,
        verdict,
        Optional.empty(),
        created,
        Duration.ofNanos(System.nanoTime() - createdNanos),
        Usage.NONE,
        0,
        kill,
        ofFetcher.flatMap(Outcome::cleanupFailure));
  }

  /// Hears the fetcher on the kernel-events thread, until it has said all.
  private final class Hearing implements AutoCloseable {
    private static final int CHUNK = 4096;

    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final KernelEvents.Registration registration;

    Hearing(Fd socket) {
      registration =
          starter
              .events()
              .whenReadable(
                  socket,
                  new KernelEvents.Handler() {
                    @Override
                    public boolean ready() {
                      return hear(socket);
                    }

                    @Override
                    public void failed(RuntimeException cause) {
                      end.complete(false); // ECONNRESET: it has not read all that it was told
                    }
                  });
    }

    private boolean hear(Fd socket) {
      byte[] bytes = new byte[CHUNK];
      int length = socket.read(bytes);
      if (length == 0) {
        end.complete(true);
        return false;
      }
      report.add(bytes, length);
      return true;
    }

    void finish() {
      try {
        Boolean _ = end.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the run itself is to end by it
      } catch (ExecutionException | TimeoutException e) {
        return; // what it has said by now must do
      }
    }

    @Override
    public void close() {
      registration.close();
    }
  }

  // ---------------------------------------------------------------- any thread

  @Override
  public RunId id() {
    return id;
  }

  @Override
  public ExecutorId executor() {
    return executor;
  }

  @Override
  public int leader() {
    return run.leader();
  }

  @Override
  public int launcher() {
    return run.launcher();
  }

  @Override
  public Optional<Instant> started() {
    return run.started();
  }

  private boolean isFetching() {
    return phase == Phase.FETCHING || phase == Phase.KILLING;
  }

  @Override
  public Phase phase() {
    Phase own = phase;
    return own == Phase.PREPARING ? run.phase() : own;
  }

  @Override
  public Optional<FetchProgress> fetching() {
    return isFetching() ? report.progress() : Optional.empty();
  }

  @Override
  public List<Path> cgroupDirectories() {
    return run.cgroupDirectories();
  }

  @Override
  public Set<Integer> processes() {
    return isFetching() ? fetcher.map(Run::processes).orElse(Set.of()) : run.processes();
  }

  @Override
  public boolean isPaused() {
    return run.isPaused();
  }

  @Override
  public Outcome await() throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IsolatorException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /// What would end a program ends the fetching, there being no program yet.
  @Override
  public void signal(Signal signal) {
    if (!isFetching()) {
      run.signal(signal);
    } else if (ENDING.contains(signal)) {
      stop(signal.toString(), Duration.ZERO);
    }
  }

  @Override
  public void stop(String by, Duration grace) {
    synchronized (mailbox) {
      if (isFetching()) {
        mailbox.add(new Event.StopRequested(by));
        return;
      }
    }
    run.stop(by, grace);
  }

  @Override
  public void pause() {
    holder().pause();
  }

  @Override
  public void unpause() {
    holder().unpause();
  }

  private Run holder() {
    return isFetching() ? fetcher.orElse(run) : run;
  }

  @Override
  public LimitUpdate update(Limits limits) {
    return run.update(limits);
  }

  @Override
  public LimitUpdate plan(Limits limits) {
    return run.plan(limits);
  }

  @Override
  public List<String> restoreLimits() {
    return isFetching() ? List.of() : run.restoreLimits();
  }

  @Override
  public Usage usage() {
    return run.usage();
  }

  @Override
  public UsageSampler sampler() {
    return run.sampler();
  }
}
