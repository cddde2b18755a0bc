package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.Copies;
import dev.holdfast.agent.checkpoint.MetaTree;
import dev.holdfast.agent.checkpoint.Place;
import dev.holdfast.agent.checkpoint.RecoveryPlan;
import dev.holdfast.agent.checkpoint.RecoveryPlan.Fate;
import dev.holdfast.agent.checkpoint.RuntimeStore;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over what an earlier agent has left, several runs at once, since each waits for files;
/// only when all are known are the orphans destroyed. Every step can be repeated by an agent that
/// comes after a death in the middle.
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  /// Enough to keep the processors busy while one waits for the kernel; more would only drive each
  /// other out of their caches.
  private static final int AT_ONCE = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  private static final ThreadFactory VIRTUAL = Thread.ofVirtual().name("recovery").factory();

  private final House house;
  private final Keeper keeper;
  private final Scribe scribe;
  private final Set<RunId> known = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean hasLost = new AtomicBoolean();

  Recovery(House house, Keeper keeper, Scribe scribe) {
    this.house = house;
    this.keeper = keeper;
    this.scribe = scribe;
  }

  /// Returns the orphans that were found.
  ///
  /// @throws RecoveryException when something cannot be read, and that must not be passed over, and
  ///   when runs live below another root
  List<RootHold.Orphan> recover() throws InterruptedException {
    RecoveryPlan.Boots boots =
        new RecoveryPlan.Boots(
            house.bootId(),
            tolerant("the boot id", house.runtime()::bootId, Optional.empty()),
            tolerant("the boot id", house.meta()::bootId, Optional.empty()));
    List<Left> left =
        onThreads(found().entrySet(), it -> read(it, boots)).stream()
            .flatMap(Optional::stream)
            .toList();
    requireSamePlace(left);
    house.runs().hold();
    List<RunId> _ = onThreads(left, this::take);
    if (isWrittenWhatWasLost()) {
      saveBootId();
    }
    List<RootHold.Orphan> orphans = house.runs().destroyOrphans(Set.copyOf(known));
    for (RootHold.Orphan orphan : orphans) {
      log.info("{}", LogLine.of("orphan").with("what", orphan.sentence()));
      house.journal().publish("orphan", orphan.sentence());
    }
    return orphans;
  }

  /// Every run that has left anything, and its directory in the durable tree if it has one there.
  private Map<RunId, Optional<Path>> found() {
    Map<RunId, Optional<Path>> found = new HashMap<>();
    for (RunId id : tolerant("the runtime directory", house.runtime()::runs, List.<RunId>of())) {
      found.put(id, Optional.empty());
    }
    for (Path run : tolerant("the checkpoint tree", house.meta()::runs, List.<Path>of())) {
      found.put(MetaTree.id(run), Optional.of(run));
    }
    return found;
  }

  /// With many of them at the same time.
  private static <T, U> List<U> onThreads(Collection<T> all, Function<T, U> work)
      throws InterruptedException {
    List<Future<U>> parts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, VIRTUAL)) {
      all.forEach(each -> parts.add(threads.submit(() -> work.apply(each))));
    }
    List<U> done = new ArrayList<>();
    for (Future<U> each : parts) {
      try {
        done.add(each.get());
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw new IllegalStateException(e);
        }
      }
    }
    return done;
  }

  /// What is left of one run that may not have ended, and what is to become of it.
  private record Left(RunId id, RuntimeStore.Found runtime, MetaTree.Found meta, Fate fate) {}

  /// Those that have ended, of which there may be thousands, are taken up at once.
  private Optional<Left> read(Map.Entry<RunId, Optional<Path>> found, RecoveryPlan.Boots boots) {
    RunId id = found.getKey();
    Optional<Path> run = found.getValue();
    Copies copies = new Copies();
    RuntimeStore.Found runtime =
        tolerant(
            "the run " + id, () -> house.runtime().read(id, copies), RuntimeStore.Found.UNREADABLE);
    MetaTree.Found meta =
        run.isEmpty()
            ? MetaTree.Found.NOTHING
            : tolerant(
                "the checkpoint " + run.get(),
                () -> house.meta().read(run.get(), copies),
                MetaTree.Found.NOTHING);
    Fate fate = RecoveryPlan.fate(runtime, meta, boots);
    if (fate instanceof Fate.Ended ended) {
      take(id, ended);
      return Optional.empty();
    }
    return Optional.of(new Left(id, runtime, meta, fate));
  }

  private void take(RunId id, Fate.Ended ended) {
    if (ended.wasLost()) {
      known.add(id);
    }
    Entry entry = new Entry(ended.checkpoint());
    entry.end(Ending.parse(ended.outcome(), ended.checkpoint().created()));
    entry.tellEnd();
    entry.pack();
    house.registry().add(entry);
    removeRuntime(id);
  }

  /// Before anything that may live is touched.
  private void requireSamePlace(List<Left> all) {
    Optional<Place> before = tolerant("slave.info", house.meta()::place, Optional.empty());
    SamePlace place = new SamePlace(before, house.settings());
    RuntimeStore other =
        new RuntimeStore(before.orElse(house.settings().place()).runtimeDirectory());
    tolerant(
        "the runtime directory of before", () -> place.requireNone(other, house.bootId()), true);
    all.forEach(left -> place.require(left.fate()));
  }

  private RunId take(Left left) {
    RunId id = left.id();
    switch (left.fate()) {
      case Fate.Ended ended -> take(id, ended);
      case Fate.Lost(var checkpoint, var why) -> {
        known.add(id);
        lose(checkpoint, why);
      }
      case Fate.Forgotten(var checkpoint, var why) -> lose(checkpoint, why);
      case Fate.Adopt(var checkpoint) -> adopt(checkpoint, left.runtime(), left.meta());
      case Fate.Unreadable _ -> {
        log.warn(
            "{}", LogLine.of("nothing can be read of the run, passing it over").with("run", id));
        removeRuntime(id);
      }
      case Fate.Foreign _ -> {
        // an embedded run's: its holder's, or the isolator's to clean up
      }
    }
    return id;
  }

  /// Whoever finds the new boot's id takes what has no outcome for alive.
  private boolean isWrittenWhatWasLost() {
    if (!hasLost.get()) {
      return true;
    }
    scribe.flush();
    return scribe.unsaved() == 0;
  }

  private void lose(Checkpoint checkpoint, String why) {
    hasLost.set(true);
    Entry entry = new Entry(checkpoint);
    house.registry().add(entry);
    keeper.lose(entry, why);
  }

  private void adopt(Checkpoint checkpoint, RuntimeStore.Found runtime, MetaTree.Found meta) {
    Entry entry = new Entry(checkpoint);
    meta.checkpoint().ifPresent(written -> scribe.know(entry, written));
    house.registry().add(entry);
    house.books().enter(checkpoint.id(), checkpoint.spec().limits());
    if (runtime.checkpoint().isEmpty()) {
      rebuild(checkpoint);
    }
    // Only the runtime directory's copy knows whether it has been launched.
    boolean unlaunched = runtime.checkpoint().filter(Checkpoint::isUnlaunched).isPresent();
    if (unlaunched && checkpoint.decided().isPresent()) {
      known.add(checkpoint.id());
      Instant now = house.clock().instant();
      keeper.end(
          entry, Ending.unseen(checkpoint, checkpoint.decided().get(), checkpoint.created(), now));
      return;
    }
    try {
      entry.attach(unlaunched ? launch(entry) : takeOver(entry));
      // It compares: the agent before may have died before it had written all.
      scribe.write(entry);
      known.add(checkpoint.id());
      keeper.announce(entry, "recovered");
    } catch (IsolatorException e) {
      keeper.announce(entry, "recovered");
      keeper.lose(entry, "it could not be taken over: " + e.getMessage());
    }
  }

  private Run takeOver(Entry entry) {
    Checkpoint checkpoint = entry.checkpoint();
    return house
        .runs()
        .adopt(
            checkpoint.id(),
            checkpoint.spec(),
            checkpoint.decided(),
            keeper.observer(entry, "recovered"));
  }

  /// The fetcher ended with the agent that had started it: its files are fetched once more.
  private Run launch(Entry entry) {
    Checkpoint checkpoint = entry.checkpoint();
    return house
        .runs()
        .launch(
            checkpoint.id(),
            checkpoint.spec(),
            checkpoint.detached(),
            () -> {},
            keeper.observer(entry, "recovered"));
  }

  /// The durable copy knows all but what has been decided since.
  private void rebuild(Checkpoint checkpoint) {
    try {
      house.runtime().create(checkpoint);
    } catch (IOException e) {
      log.warn(
          "{}",
          LogLine.of("cannot write the run's checkpoint, ignoring").with("run", checkpoint.id()),
          e);
    }
  }

  private void removeRuntime(RunId id) {
    try {
      house.runtime().remove(id);
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot remove what is left, ignoring").with("run", id), e);
    }
  }

  /// Last: until then a restart must find that the host has been restarted.
  private void saveBootId() {
    try {
      house.runtime().saveBootId(house.bootId());
      house.meta().saveBootId(house.bootId());
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot write down the boot id, ignoring"), e);
    }
  }

  private interface Reader<T> {
    T read() throws IOException;
  }

  /// What is torn or not there is no failure at all; this is for what the system refuses to read.
  private <T> T tolerant(String what, Reader<T> reader, T otherwise) {
    try {
      return reader.read();
    } catch (IOException e) {
      if (house.settings().strict()) {
        throw new RecoveryException(
            "cannot read "
                + what
                + " ("
                + Launching.reason(e)
                + "): repair it, or start with --no-strict to pass it over, or remove "
                + house.settings().workDirectory().resolve("meta/slaves/latest")
                + " to begin anew",
            e);
      }
      log.warn("{}", LogLine.of("cannot read " + what + ", passing it over"), e);
      return otherwise;
    }
  }
}
