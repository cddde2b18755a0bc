package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import dev.holdfast.agent.logs.LogStream;
import dev.holdfast.agent.metrics.LiveRun;
import dev.holdfast.agent.metrics.Meters;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.NodeInfo;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.api.UpdateResult;
import dev.holdfast.isolator.Run;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// The node that this process is the agent of.
final class LocalNode implements Node {
  private static final Set<String> STREAMS = Set.of("stdout", "stderr");

  private final House house;
  private final Scribe scribe;
  private final Launching launching;
  private final Updating updating;
  private final Collector collector;
  private final Views views;
  private final NodeFacts facts;

  LocalNode(
      House house,
      Keeper keeper,
      Scribe scribe,
      Updating updating,
      Collector collector,
      Meters meters,
      NodeFacts facts) {
    this.house = house;
    this.scribe = scribe;
    this.updating = updating;
    this.collector = collector;
    this.facts = facts;
    launching = new Launching(house, keeper, scribe, meters);
    views = new Views(house);
  }

  /// The run, for looking at.
  private Entry see(Caller caller, String id) {
    return house.registry().resolve(caller, id);
  }

  /// The run, for doing something to it.
  private Entry touch(Caller caller, String id) {
    if (caller.role() == Caller.Role.READER) {
      throw Refusals.forbidden("reading is all that is allowed here");
    }
    return see(caller, id);
  }

  @Override
  public List<ExecutorInfo> list(Caller caller, boolean all, Optional<String> framework) {
    return (all ? house.registry().all() : house.registry().live())
        .stream()
            .filter(entry -> entry.isVisibleTo(caller))
            .filter(entry ->
                framework.isEmpty() || framework.get().equals(entry.executor().framework()))
            .map(entry -> views.info(entry, false))
            .toList();
  }

  @Override
  public ExecutorInfo launch(Caller caller, LaunchRequest request) {
    return views.info(launching.launch(caller, request), true);
  }

  @Override
  public ExecutorInfo inspect(Caller caller, String id) {
    return views.info(see(caller, id), true);
  }

  @Override
  public UpdateResult update(Caller caller, String id, ResourceLimits limits, boolean dryRun) {
    return updating.update(dryRun ? see(caller, id) : touch(caller, id), limits, dryRun);
  }

  @Override
  public void remove(Caller caller, String id) {
    Entry entry = touch(caller, id);
    if (entry.isLive()) {
      throw Refusals.conflict("the run " + entry.id() + " is alive: stop it first");
    }
    collector
        .kept(entry)
        .ifPresent(why -> {
          throw Refusals.conflict(why);
        });
    try {
      collector.remove(entry, caller.name() + " asked for it");
    } catch (IOException e) {
      throw Refusals.unavailable("cannot remove all of it: " + Launching.reason(e), e);
    }
  }

  @Override
  public KillReceipt kill(Caller caller, String id, Optional<String> signal)
      throws InterruptedException {
    return Control.kill(touch(caller, id), caller, signal);
  }

  @Override
  public ExecutorInfo stop(Caller caller, String id, Optional<Duration> timeout)
      throws InterruptedException {
    Entry entry = touch(caller, id);
    Control.stop(entry, caller, timeout);
    return views.info(entry, true);
  }

  @Override
  public void pause(Caller caller, String id) {
    Control.pause(touch(caller, id));
  }

  @Override
  public void unpause(Caller caller, String id) {
    Control.unpause(touch(caller, id));
  }

  @Override
  public Optional<JsonObject> await(Caller caller, String id, Optional<Duration> patience)
      throws InterruptedException {
    Entry entry = see(caller, id);
    Optional<Ending> ending =
        patience.isPresent()
            ? Control.awaitEnd(entry, patience.get())
            : Optional.of(Control.awaitEnd(entry));
    return ending.map(it -> it.outcome().json());
  }

  @Override
  public Stats stats(Caller caller, String id) {
    Entry entry = see(caller, id);
    return house
        .statistics()
        .latest(entry.id())
        .orElseThrow(() -> Refusals.conflict("nothing has been measured of the run " + entry.id()));
  }

  @Override
  public List<Stats> history(Caller caller, String id) {
    return house.statistics().history(see(caller, id).id());
  }

  @Override
  public List<ProcessInfo> top(Caller caller, String id) {
    return views.top(see(caller, id));
  }

  @Override
  public InputStream logs(
      Caller caller, String id, String stream, boolean follow, OptionalLong tail) {
    Entry entry = see(caller, id);
    if (!STREAMS.contains(stream)) {
      throw Refusals.bad("stream: '" + stream + "' is not stdout or stderr");
    }
    if (tail.isPresent() && tail.getAsLong() < 0) {
      throw Refusals.bad("tail: " + tail.getAsLong() + " is negative");
    }
    try {
      return LogStream.open(
          entry.checkpoint().sandbox().resolve(stream),
          entry.checkpoint().logs().files(),
          follow,
          tail,
          entry::isLive);
    } catch (IOException e) {
      throw Refusals.unavailable("cannot read what it wrote: " + e.getMessage(), e);
    }
  }

  @Override
  public Explanation explain(Caller caller, String id) {
    Entry entry = see(caller, id);
    return views.explain(entry, scribe.hasFailed(entry));
  }

  @Override
  public Subscription events(Caller caller, OptionalLong after, Consumer<Event> listener) {
    return house
            .journal()
            .listen(
                after.orElseGet(house.journal()::last),
                owner -> caller.role() != Caller.Role.USER || owner == caller.uid(),
                listener)
        ::close;
  }

  @Override
  public NodeInfo info(Caller caller) {
    return facts.info();
  }

  @Override
  public String metrics(Caller caller) {
    requireNode(caller);
    return house.statistics().metrics();
  }

  @Override
  public String monitorStatistics(Caller caller) {
    requireNode(caller);
    return house.statistics().monitorStatistics();
  }

  @Override
  public String monitorUsage(Caller caller) {
    requireNode(caller);
    return house.statistics().monitorUsage();
  }

  /// These tell of everybody's runs.
  private static void requireNode(Caller caller) {
    if (caller.role() == Caller.Role.USER) {
      throw Refusals.forbidden("this tells of all runs of the node: only root may see it");
    }
  }

  List<LiveRun> liveRuns() {
    return house.registry().live().stream()
        .flatMap(entry ->
            entry.run().stream()
                .filter(run -> run.phase() != Run.Phase.FETCHING)
                .map(run ->
                    new LiveRun(
                        entry.id(),
                        entry.executor(),
                        entry.checkpoint().user(),
                        run,
                        entry.checkpoint().spec().limits(),
                        entry.checkpoint().spec().labels())))
        .toList();
  }
}
