package dev.holdfast.agent.node;

import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.checkpoint.MetaTree;
import dev.holdfast.agent.checkpoint.RecoveryPlan;
import dev.holdfast.agent.checkpoint.RecoveryPlan.Fate;
import dev.holdfast.agent.checkpoint.RuntimeStore;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over what an earlier agent has left, several runs at once, since each waits for files;
/// only when all are known are the orphans destroyed. Every step can be repeated by an agent that
/// comes after a death in the middle.
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  /// What is read of a run is large beside what is kept of it.
  private static final int AT_ONCE = 32;

  private static final ThreadFactory VIRTUAL = Thread.ofVirtual().name("recovery").factory();

  private final House house;
  private final Keeper keeper;
  private final Scribe scribe;
  private final Set<RunId> known = ConcurrentHashMap.newKeySet();

  Recovery(House house, Keeper keeper, Scribe scribe) {
    this.house = house;
    this.keeper = keeper;
    this.scribe = scribe;
  }

  /// Returns what could not be cleaned up, one sentence each.
  ///
  /// @throws RecoveryException when something cannot be read, and that must not be passed over, and
  ///   when runs live below another root
  List<String> recover() throws InterruptedException {
    RecoveryPlan.Boots boots =
        new RecoveryPlan.Boots(
            house.bootId(),
            tolerant("the boot id", house.runtime()::bootId, Optional.empty()),
            tolerant("the boot id", house.meta()::bootId, Optional.empty()));
    takeAll(found(), boots);
    saveBootId();
    List<String> sentences = house.runs().destroyOrphans(Set.copyOf(known));
    for (String sentence : sentences) {
      log.info("{}", LogLine.of("orphan").with("what", sentence));
      house.journal().publish("orphan", sentence);
    }
    return sentences;
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

  private void takeAll(Map<RunId, Optional<Path>> found, RecoveryPlan.Boots boots)
      throws InterruptedException {
    List<Future<?>> work = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, VIRTUAL)) {
      found.forEach((id, run) -> work.add(threads.submit(() -> take(id, run, boots))));
    }
    for (Future<?> each : work) {
      try {
        each.get();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw new IllegalStateException(e);
        }
      }
    }
  }

  private void take(RunId id, Optional<Path> run, RecoveryPlan.Boots boots) {
    RuntimeStore.Found runtime =
        tolerant("the run " + id, () -> house.runtime().read(id), RuntimeStore.Found.NOTHING);
    MetaTree.Found meta =
        run.isEmpty()
            ? MetaTree.Found.NOTHING
            : tolerant(
                "the checkpoint " + run.get(),
                () -> house.meta().read(run.get()),
                MetaTree.Found.NOTHING);
    switch (RecoveryPlan.fate(runtime, meta, boots)) {
      case Fate.Ended ended -> {
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
      case Fate.Lost(var checkpoint, var why) -> {
        known.add(id);
        Entry entry = new Entry(checkpoint);
        house.registry().add(entry);
        keeper.lose(entry, why);
      }
      case Fate.Adopt(var checkpoint) -> adopt(checkpoint, runtime, meta);
      case Fate.Unreadable _ -> {
        log.warn(
            "{}", LogLine.of("nothing can be read of the run, passing it over").with("run", id));
        removeRuntime(id);
      }
      case Fate.Foreign _ -> {
        // an embedded run's: its holder's, or the isolator's to clean up
      }
    }
  }

  private void adopt(Checkpoint checkpoint, RuntimeStore.Found runtime, MetaTree.Found meta) {
    requireSameRoot(checkpoint);
    Entry entry = new Entry(checkpoint);
    meta.checkpoint().ifPresent(written -> scribe.know(entry, written));
    house.registry().add(entry);
    house.books().enter(checkpoint.id(), checkpoint.spec().limits());
    if (runtime.checkpoint().isEmpty()) {
      rebuild(checkpoint);
    }
    if (!meta.checkpoint().equals(Optional.of(checkpoint))) {
      scribe.write(entry);
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
      known.add(checkpoint.id());
      keeper.announce(entry, "recovered");
    } catch (IsolatorException e) {
      keeper.announce(entry, "recovered");
      keeper.lose(entry, "it could not be taken over: " + e.getMessage());
    }
  }

  /// Below another root its cgroup would be taken for one that has gone: no kill would reach it.
  private void requireSameRoot(Checkpoint checkpoint) {
    CgroupPath ours = house.settings().cgroupsRoot();
    CgroupPath its = checkpoint.cgroupsRoot().orElse(ours);
    if (!its.equals(ours)) {
      throw new RecoveryException(
          "the run "
              + checkpoint.executor()
              + " lives below the cgroups' root "
              + its
              + ", not "
              + ours
              + ": start with --cgroups-root "
              + its
              + ", and with --recover cleanup to end it first");
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
