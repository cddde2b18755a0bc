package dev.holdfast.agent.node;

import dev.holdfast.agent.resources.NodeResources;
import dev.holdfast.api.NodeInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What the node tells of itself.
final class NodeFacts {
  private final House house;
  private final Scribe scribe;
  private final AgentNode.Machine machine;
  private final Instant started;

  NodeFacts(House house, Scribe scribe, AgentNode.Machine machine) {
    this.house = house;
    this.scribe = scribe;
    this.machine = machine;
    started = house.clock().instant();
  }

  NodeInfo info() {
    int running = house.registry().live().size();
    return new NodeInfo(
        house.meta().agent(),
        house.settings().version(),
        Math.toIntExact(ProcessHandle.current().pid()),
        started.toString(),
        house.bootId(),
        machine.hostname(),
        machine.kernel(),
        machine.cgroups(),
        house.settings().cgroupsRoot().toString(),
        house.settings().workDirectory().toString(),
        house.settings().runtimeDirectory().toString(),
        resources(house.books().total()),
        resources(house.books().used()),
        resources(house.books().free()),
        house.books().overcommit(),
        running,
        house.registry().all().size() - running,
        pending());
  }

  private static NodeInfo.Resources resources(NodeResources resources) {
    return new NodeInfo.Resources(resources.cpus().millis() / 1000.0, resources.memory().count());
  }

  private List<String> pending() {
    List<String> pending = new ArrayList<>();
    for (Entry entry : house.registry().live()) {
      entry
          .checkpoint()
          .deferred()
          .ifPresent(why -> pending.add(entry.executor() + ": a limit waits: " + why));
      if (entry.state().equals("killing")) {
        pending.add(entry.executor() + " is being killed");
      }
    }
    int unsaved = scribe.unsaved();
    if (unsaved > 0) {
      pending.add(unsaved + " outcomes could not be written to the work directory yet");
    }
    house
        .journal()
        .failure()
        .map(IOException::getMessage)
        .ifPresent(why -> pending.add("events cannot be written down: " + why));
    return pending;
  }
}
