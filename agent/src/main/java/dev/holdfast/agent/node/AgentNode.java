package dev.holdfast.agent.node;

import com.google.gson.JsonObject;
import dev.holdfast.agent.Node;
import dev.holdfast.agent.checkpoint.MetaTree;
import dev.holdfast.agent.checkpoint.RuntimeStore;
import dev.holdfast.agent.checkpoint.Sandboxes;
import dev.holdfast.agent.events.Journal;
import dev.holdfast.agent.logging.LogLine;
import dev.holdfast.agent.metrics.LiveRun;
import dev.holdfast.agent.metrics.LiveRuns;
import dev.holdfast.agent.metrics.Meters;
import dev.holdfast.agent.metrics.Statistics;
import dev.holdfast.agent.resources.Books;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node with all its parts: recovers what was left, serves through [#node], looks after its runs,
/// and can be closed while they run on.
public final class AgentNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentNode.class);

  private final House house;
  private final Keeper keeper;
  private final Scribe scribe;
  private final Collector collector;
  private final LocalNode node;
  private final Upkeep upkeep;
  private final Meters meters;
  private final Machine machine;

  /// What a node stands on.
  ///
  /// @param statistics made when the node can say what is running
  /// @param interval between two turns of the upkeep
  public record Ground(
      NodeSettings settings,
      Machine machine,
      Runs runs,
      Books books,
      Function<LiveRuns, Statistics> statistics,
      Meters meters,
      Users users,
      ProcFs proc,
      InstantSource clock,
      Duration interval) {}

  /// The machine that the node is.
  ///
  /// @param cgroups the layout, in one line
  public record Machine(String hostname, String kernel, String cgroups, String bootId) {}

  /// Opens what is in the work and the runtime directory; nothing is touched before [#recover].
  ///
  /// @throws IOException when they cannot be used
  public static AgentNode open(Ground ground) throws IOException {
    return open(ground, Scribe::onItsThread);
  }

  static AgentNode open(Ground ground, Function<House, Scribe> scribe) throws IOException {
    MetaTree meta = MetaTree.open(ground.settings().workDirectory());
    return new AgentNode(ground, meta, meta.eventsReserved(), scribe);
  }

  private AgentNode(
      Ground ground, MetaTree meta, long eventsReserved, Function<House, Scribe> scribes) {
    NodeSettings settings = ground.settings();
    meters = ground.meters();
    machine = ground.machine();
    house =
        new House(
            settings,
            ground.runs(),
            new RuntimeStore(settings.runtimeDirectory()),
            meta,
            new Sandboxes(settings.workDirectory(), meta.agent()),
            new Registry(),
            ground.books(),
            new Journal(
                settings.runtimeDirectory(),
                ground.clock(),
                eventsReserved,
                last -> reserve(meta, last),
                event -> ground.meters().event(event.type())),
            ground.statistics().apply(this::liveRuns),
            ground.users(),
            ground.proc(),
            ground.clock(),
            ground.machine().bootId());
    scribe = scribes.apply(house);
    keeper = new Keeper(house, scribe);
    Updating updating = new Updating(house, scribe);
    collector = new Collector(house, scribe);
    NodeFacts facts = new NodeFacts(house, scribe, ground.machine());
    node = new LocalNode(house, keeper, scribe, updating, collector, meters, facts);
    upkeep = new Upkeep(house, scribe, updating, collector, meters, ground.interval());
  }

  private static void reserve(MetaTree meta, long last) {
    try {
      meta.reserveEvents(last);
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot write down the number of events, ignoring"), e);
    }
  }

  /// Takes over what an earlier agent has left, and destroys what nobody knows.
  ///
  /// @throws RecoveryException when what is there cannot be read
  public void recover() throws InterruptedException {
    Instant begin = house.clock().instant();
    house.journal().publish("agent_started", "the agent " + house.meta().agent() + " has started");
    List<RootHold.Orphan> orphans = new Recovery(house, keeper, scribe).recover();
    describe();
    Duration took = Duration.between(begin, house.clock().instant());
    meters.recovered(house.registry().live().size(), took);
    meters.orphansDestroyed((int) orphans.stream().filter(RootHold.Orphan::destroyed).count());
    log.info(
        "{}",
        LogLine.of("recovered")
            .with("live", house.registry().live().size())
            .with("known", house.registry().all().size())
            .with("orphans", orphans.size())
            .with("millis", took.toMillis()));
  }

  /// For people, for scripts of the seed's time, and for the agent that comes next: only now does
  /// nothing live any more where the one before kept it.
  private void describe() {
    JsonObject slave = new JsonObject();
    slave.addProperty("id", house.meta().agent());
    slave.addProperty("hostname", machine.hostname());
    slave.addProperty("cgroups_root", house.settings().cgroupsRoot().toString());
    slave.addProperty("cpus", house.books().total().cpus().millis() / 1000.0);
    slave.addProperty("memory_bytes", house.books().total().memory().count());
    slave.addProperty("version", house.settings().version());
    house.settings().place().describe(slave);
    try {
      house.meta().describe(slave);
    } catch (IOException e) {
      log.warn("{}", LogLine.of("cannot write slave.info, ignoring"), e);
    }
  }

  /// Begins to look after the runs.
  public void start() {
    scribe.start();
    upkeep.start();
  }

  public Node node() {
    return node;
  }

  /// One turn of the upkeep, for tests.
  void turn() {
    upkeep.turn(house.clock().instant());
  }

  /// The collection of more than `most`, for tests.
  void collect(int most) {
    collector.collect(house.settings().gcDelay(), house.clock().instant(), most);
  }

  public String agent() {
    return house.meta().agent();
  }

  public List<LiveRun> liveRuns() {
    return node.liveRuns();
  }

  /// Ends every run, waits until all have ended, and has the next agent begin anew.
  public void endAll() throws InterruptedException, IOException {
    List<Entry> live = house.registry().live();
    for (Entry entry : live) {
      entry
          .run()
          .ifPresent(run -> {
            try {
              run.stop("the agent's cleanup", entry.checkpoint().spec().stopTimeout());
            } catch (IsolatorException e) {
              log.warn("{}", LogLine.of("cannot end the run").with("run", entry.id()), e);
            }
          });
    }
    for (Entry entry : live) {
      Ending _ = Control.awaitEnd(entry);
    }
    scribe.flush();
    house.meta().forget();
  }

  /// Stops looking after the runs, which run on.
  @Override
  public void close() {
    upkeep.close();
    scribe.close();
    house.journal().publish("agent_stopped", "the agent " + house.meta().agent() + " has stopped");
    house.journal().close();
  }
}
