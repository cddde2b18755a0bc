package dev.holdfast.testkit.fake;

import java.util.HashMap;
import java.util.Map;

/// A process: a pid, and its cgroup in each tree.
public final class FakeProcess {
  private final int pid;
  private final Map<Tree, Node> places = new HashMap<>();
  private boolean killed;
  private boolean stuck;

  FakeProcess(int pid) {
    this.pid = pid;
  }

  public int pid() {
    return pid;
  }

  Node place(Tree tree) {
    Node place = places.get(tree);
    if (place == null) {
      throw new IllegalStateException("process " + pid + " has left the trees");
    }
    return place;
  }

  void enter(Node node) {
    Node before = places.put(node.tree(), node);
    if (before != null) {
      before.processes().remove(this);
    }
    node.processes().add(this);
  }

  void leaveAll() {
    places.values().forEach(place -> place.mourn(this));
    places.clear();
  }

  /// SIGKILL: it dies once nothing holds it.
  public void kill() {
    killed = true;
  }

  public boolean isKilled() {
    return killed;
  }

  /// In uninterruptible sleep: neither frozen nor killed before it wakes.
  public boolean isStuck() {
    return stuck;
  }

  void setStuck(boolean stuck) {
    this.stuck = stuck;
  }

  boolean mustDie() {
    return killed && !stuck && places.values().stream().noneMatch(Node::holdsSignals);
  }
}
