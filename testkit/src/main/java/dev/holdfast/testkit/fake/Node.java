package dev.holdfast.testkit.fake;

import dev.holdfast.cgroup.Controller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One cgroup of one tree.
public final class Node {
  private final Tree tree;
  private final Optional<Node> parent;
  private final String name;
  private final Map<String, Node> children = new TreeMap<>();
  private final SequencedSet<FakeProcess> processes = new LinkedHashSet<>();
  private final Map<Controller, Part> controllers = new EnumMap<>(Controller.class);
  private final Part core;

  Node(Tree tree, Optional<Node> parent, String name) {
    this.tree = tree;
    this.parent = parent;
    this.name = name;
    core = tree.parts().core(this);
    for (Controller controller : tree.parts().controllers(this)) {
      enable(controller);
    }
  }

  public Tree tree() {
    return tree;
  }

  public Optional<Node> parent() {
    return parent;
  }

  String name() {
    return name;
  }

  public boolean isRoot() {
    return parent.isEmpty();
  }

  public Path path() {
    return parent.map(above -> above.path().resolve(name)).orElseGet(tree::mount);
  }

  public Map<String, Node> children() {
    return children;
  }

  /// In the order of their coming.
  public SequencedSet<FakeProcess> processes() {
    return processes;
  }

  /// Itself and all below, parents first.
  public List<Node> subtree() {
    List<Node> all = new ArrayList<>(List.of(this));
    children.values().forEach(child -> all.addAll(child.subtree()));
    return all;
  }

  /// Itself and all above, up to the root.
  public List<Node> ancestry() {
    List<Node> all = new ArrayList<>(List.of(this));
    parent.ifPresent(above -> all.addAll(above.ancestry()));
    return all;
  }

  /// The processes in it and below.
  public List<FakeProcess> allProcesses() {
    return subtree().stream().flatMap(node -> node.processes.stream()).toList();
  }

  public boolean isPopulated() {
    return subtree().stream().anyMatch(node -> !node.processes.isEmpty());
  }

  /// Gives the cgroup the controller with its default values, unless it has it.
  public void enable(Controller controller) {
    if (!controllers.containsKey(controller)) {
      controllers.put(controller, tree.parts().controller(controller, this));
    }
  }

  /// Takes the controller away, and all that was set.
  public void disable(Controller controller) {
    controllers.remove(controller);
  }

  /// The part of this type, if the cgroup has it.
  public <P> Optional<P> part(Class<P> type) {
    return parts().filter(type::isInstance).map(type::cast).findFirst();
  }

  /// Its part of this type in a tree where each cgroup has one.
  public <P> P require(Class<P> type) {
    return part(type).orElseThrow(() -> new IllegalStateException(path() + " has no " + type));
  }

  private Stream<Part> parts() {
    return Stream.concat(Stream.of(core), controllers.values().stream());
  }

  public Optional<Control> control(String file) {
    return parts()
        .filter(part -> part.files().containsKey(file))
        .findFirst()
        .map(part -> part.files().get(file));
  }

  void admit() {
    parts().forEach(Part::admit);
  }

  void admitDescendant() {
    parts().forEach(Part::admitDescendant);
  }

  void mourn(FakeProcess process) {
    parts().forEach(part -> part.mourn(process));
    processes.remove(process);
  }

  void settle() {
    parts().forEach(Part::settle);
  }

  boolean holdsSignals() {
    return parts().anyMatch(Part::holdsSignals);
  }

  @Override
  public String toString() {
    return path().toString();
  }
}
