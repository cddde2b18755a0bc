package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.MetaTree;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.isolator.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the durable tree as the runs are, on a thread of its own: nobody waits for a disk.
///
/// The runtime directory has it all until then, which is enough for the agent after this one. What
/// cannot be written, as to a full disk, is tried again: no run suffers from it. Thread-safe.
final class Scribe implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scribe.class);

  /// A run that has just begun is seldom done changing: what happens meanwhile is written in one
  /// go, and the disk does not hold up the launch that it belongs to.
  private static final Duration PAUSE = Duration.ofMillis(10);

  /// How long the end of the agent may wait for the disk.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final House house;
  private final Executor thread;
  private final Duration pause;
  private final Map<Entry, Page> pages = new ConcurrentHashMap<>();
  private final Set<Entry> changed = ConcurrentHashMap.newKeySet();
  private final Set<Entry> failed = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /// What is in the tree of one run. The holder of the entry's change lock alone, and recovery
  /// before anybody else can know the entry.
  private static final class Page {
    private Optional<Checkpoint> written = Optional.empty();
    private int leader;
  }

  /// @param thread what writes; one after the other
  /// @param pause before what has changed is written
  Scribe(House house, Executor thread, Duration pause) {
    this.house = house;
    this.thread = thread;
    this.pause = pause;
  }

  /// One that writes nothing before [#start].
  static Scribe onItsThread(House house) {
    // After its end nothing is written: the next agent finds it in the runtime directory.
    Executor thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("scribe").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    Scribe scribe = new Scribe(house, thread, PAUSE);
    scribe.scheduled.set(true);
    return scribe;
  }

  /// Begins, with what it has been told by now: what recovery has found can wait until that is
  /// done.
  void start() {
    scheduled.set(false);
    schedule();
  }

  /// Has written down, soon, what the run is now.
  void write(Entry entry) {
    pages.computeIfAbsent(entry, _ -> new Page());
    changed.add(entry);
    schedule();
  }

  /// What an earlier agent has written of it.
  void know(Entry entry, Checkpoint written) {
    pages.computeIfAbsent(entry, _ -> new Page()).written = Optional.of(written);
  }

  private void schedule() {
    if (!changed.isEmpty() && scheduled.compareAndSet(false, true)) {
      thread.execute(this::turn);
    }
  }

  private void turn() {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // in a hurry, then
    }
    scheduled.set(false);
    for (Entry entry : List.copyOf(changed)) {
      // First: what changes from now on is written once more.
      changed.remove(entry);
      save(entry);
    }
  }

  private void save(Entry entry) {
    entry.change().lock();
    try {
      Page page = pages.get(entry);
      if (page != null) {
        save(entry, page);
      }
      failed.remove(entry);
    } catch (IOException | RuntimeException e) {
      if (failed.add(entry)) {
        log.warn(
            "{}",
            LogLine.of("cannot write down the run, retrying")
                .with("run", entry.id())
                .with("ended", !entry.isLive()),
            e);
      }
    } finally {
      entry.change().unlock();
    }
  }

  private void save(Entry entry, Page page) throws IOException {
    MetaTree meta = house.meta();
    Checkpoint checkpoint = entry.checkpoint();
    if (page.written.isEmpty() && !meta.has(checkpoint)) {
      meta.begin(checkpoint);
    } else if (page.written.isEmpty() || !isSame(page.written.get(), checkpoint)) {
      meta.update(checkpoint);
    }
    page.written = Optional.of(checkpoint);
    int leader = entry.run().map(Run::leader).orElse(0);
    if (leader > 0 && leader != page.leader) {
      meta.leader(checkpoint, leader);
      page.leader = leader;
    }
    Optional<Ending> ending = entry.ending();
    if (ending.isPresent()) {
      meta.end(checkpoint, ending.get().outcome().text());
      // Only now: until here a restarted agent would have found all of it again.
      house.runtime().remove(entry.id());
      pages.remove(entry);
      entry.pack();
    }
  }

  /// Whether the tree would say the same: why a run is being ended is in its outcome.
  private static boolean isSame(Checkpoint written, Checkpoint now) {
    return written.spec().equals(now.spec()) && written.deferred().equals(now.deferred());
  }

  /// Nothing of it is to be written any more. The holder of the entry's change lock alone.
  void forget(Entry entry) {
    pages.remove(entry);
    failed.remove(entry);
  }

  /// Tries again what could not be written.
  void retry() {
    changed.addAll(failed);
    schedule();
  }

  /// Waits until all of which it has been told is written, or could not be.
  void flush() {
    start();
    CompletableFuture.runAsync(() -> {}, thread).join();
  }

  boolean hasFailed(Entry entry) {
    return failed.contains(entry);
  }

  /// How many ended runs could not be written down.
  int unsaved() {
    return (int) failed.stream().filter(entry -> !entry.isLive()).count();
  }

  /// Writes what there is to write.
  @Override
  public void close() {
    start();
    if (thread instanceof ExecutorService service) {
      service.shutdown();
      try {
        if (!service.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          log.warn("{}", LogLine.of("the disk is slow: the next agent writes down the rest"));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
