package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.agent.metrics.Meters;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Identity;
import dev.holdfast.isolator.InvalidSpecException;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.linux.Fd;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Launches runs: what an agent that dies at any point must find again is in the runtime directory
/// before the first process is there.
final class Launching {
  private static final Logger log = LoggerFactory.getLogger(Launching.class);

  /// While the last run of a directory is removed, the directory goes under the next one's feet.
  private static final int ATTEMPTS = 10;

  private final House house;
  private final Keeper keeper;
  private final Scribe scribe;
  private final Meters meters;

  Launching(House house, Keeper keeper, Scribe scribe, Meters meters) {
    this.house = house;
    this.keeper = keeper;
    this.scribe = scribe;
    this.meters = meters;
  }

  Entry launch(Caller caller, LaunchRequest request) {
    LaunchPlan plan = new LaunchPlan(caller, request, house.settings(), house.users());
    ExecutorId asked = plan.executor();
    Identity user = plan.user();
    Optional<Fd> stdin = plan.stdin(house.proc());
    try {
      return launch(caller, plan, asked, user, stdin);
    } catch (RuntimeException e) {
      stdin.ifPresent(Fd::close);
      throw e;
    }
  }

  private Entry launch(
      Caller caller, LaunchPlan plan, ExecutorId asked, Identity user, Optional<Fd> stdin) {
    RunId id = RunId.random();
    long begin = System.nanoTime();
    Entry entry = enter(entry(caller, plan, asked, user, id), plan, caller, user);
    try {
      admit(entry);
      start(entry, stdin);
      meters.launched(
          entry.ending().filter(it -> it.verdict().equals("launch_failed")).isEmpty(),
          Duration.ofNanos(System.nanoTime() - begin));
      return entry;
    } catch (RuntimeException e) {
      meters.launched(false, Duration.ofNanos(System.nanoTime() - begin));
      undo(entry, e);
      throw e;
    }
  }

  /// Takes the name; a name that nobody asked for gives way to another's.
  private Entry enter(Entry entry, LaunchPlan plan, Caller caller, Identity user) {
    if (house.registry().addIfNameIsFree(entry)) {
      return entry;
    }
    if (!plan.isNamed()) {
      ExecutorId other =
          new ExecutorId(
              entry.executor().framework(),
              entry.executor().name() + "-" + entry.id().toString().substring(0, 8));
      Entry renamed = entry(caller, plan, other, user, entry.id());
      if (house.registry().addIfNameIsFree(renamed)) {
        return renamed;
      }
    }
    throw Refusals.conflict(
        "a run named " + entry.executor() + " is alive: choose another name, or stop it");
  }

  private Entry entry(
      Caller caller, LaunchPlan plan, ExecutorId executor, Identity user, RunId id) {
    Path sandbox = house.sandboxes().path(executor, id);
    ExecutorSpec spec = plan.spec(executor, id, user, sandbox, house.meta().agent());
    return new Entry(
        new Checkpoint(
            id,
            spec,
            new Checkpoint.Owner(caller.uid(), caller.name()),
            user.nameOrNumber(),
            sandbox,
            house.settings().logs(),
            Optional.of(house.settings().cgroupsRoot()),
            house.clock().instant(),
            house.bootId(),
            Optional.empty(),
            Optional.empty(),
            false));
  }

  private void admit(Entry entry) {
    Optional<String> refusal = house.books().give(entry.id(), entry.checkpoint().spec().limits());
    if (refusal.isPresent()) {
      throw Refusals.conflict(refusal.get());
    }
  }

  private void prepare(Entry entry) {
    Checkpoint checkpoint = entry.checkpoint();
    try {
      house.runtime().create(checkpoint);
      patiently(() -> house.sandboxes().create(checkpoint));
    } catch (IOException e) {
      throw Refusals.unavailable("cannot write down the run: " + reason(e), e);
    }
  }

  private interface Step {
    void take() throws IOException;
  }

  private static void patiently(Step step) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        step.take();
        return;
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  static String reason(IOException e) {
    return e instanceof FileSystemException failure && failure.getReason() != null
        ? failure.getFile() + ": " + failure.getReason()
        : String.valueOf(e.getMessage());
  }

  private void start(Entry entry, Optional<Fd> stdin) {
    Checkpoint checkpoint = entry.checkpoint();
    Detached how = checkpoint.detached();
    Run run;
    try {
      run =
          house
              .runs()
              .launch(
                  checkpoint.id(),
                  checkpoint.spec(),
                  stdin.map(how::withStdin).orElse(how),
                  () -> prepare(entry),
                  keeper.observer(entry, "launched"));
    } catch (InvalidSpecException e) {
      throw Refusals.bad(e);
    } catch (IsolatorException e) {
      throw Refusals.unavailable(e.getMessage(), e);
    }
    entry.attach(run);
    keeper.announce(entry, "launched");
    scribe.write(entry);
  }

  /// Nothing of it stays.
  private void undo(Entry entry, RuntimeException cause) {
    house.registry().remove(entry);
    house.books().release(entry.id());
    entry.change().lock();
    try {
      scribe.forget(entry);
      house.meta().remove(entry.executor(), entry.id());
      house.sandboxes().remove(entry.checkpoint().sandbox());
      // Last: without it a run that has its place in the tree is one that was forgotten.
      house.runtime().remove(entry.id());
    } catch (IOException e) {
      cause.addSuppressed(e);
    } finally {
      entry.change().unlock();
    }
    if (!(cause instanceof NodeException)) {
      log.warn("{}", LogLine.of("launch failed").with("run", entry.id()), cause);
    }
  }
}
