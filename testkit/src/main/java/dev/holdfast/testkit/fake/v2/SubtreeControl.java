package dev.holdfast.testkit.fake.v2;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which controllers a cgroup's children have, and what v2 makes of that: no cgroup but the root
/// has both processes and children with a domain controller.
///
/// The threaded controllers (all here but memory and io) may be given to the children of a
/// populated cgroup; these children are then "domain invalid" and take no process.
final class SubtreeControl {
  private static final Set<Controller> THREADED =
      EnumSet.of(Controller.CPU, Controller.CPUSET, Controller.PIDS);
  private static final Set<Controller> DOMAIN = EnumSet.of(Controller.IO, Controller.MEMORY);

  private final Node node;
  private final Set<Controller> enabled = EnumSet.noneOf(Controller.class);
  private boolean threaded;

  SubtreeControl(Node node) {
    this.node = node;
  }

  Set<Controller> enabled() {
    return EnumSet.copyOf(enabled);
  }

  String text() {
    return list(enabled);
  }

  String available() {
    return list(node.tree().parts().controllers(node));
  }

  /// In the kernel's order, that of its compilation.
  private static String list(Set<Controller> controllers) {
    return Stream.of(
                Controller.CPUSET,
                Controller.CPU,
                Controller.IO,
                Controller.MEMORY,
                Controller.PIDS)
            .filter(controllers::contains)
            .map(Controller::kernelName)
            .collect(Collectors.joining(" "))
        + "\n";
  }

  void write(String text) {
    Set<Controller> wanted = EnumSet.copyOf(enabled);
    for (String word : text.strip().split(" +", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      Controller controller = parse(word.substring(1));
      switch (word.charAt(0)) {
        case '+' -> wanted.add(controller);
        case '-' -> wanted.remove(controller);
        default -> throw new Refusal(Errno.EINVAL);
      }
    }
    Set<Controller> added = EnumSet.copyOf(wanted);
    added.removeAll(enabled);
    Set<Controller> removed = EnumSet.copyOf(enabled);
    removed.removeAll(wanted);
    require(added, removed);
    for (Node child : node.children().values()) {
      removed.forEach(child::disable);
      added.forEach(child::enable);
    }
    enabled.addAll(added);
    enabled.removeAll(removed);
  }

  private static Controller parse(String name) {
    return Controller.parse(name)
        .filter(it -> DOMAIN.contains(it) || THREADED.contains(it))
        .orElseThrow(() -> new Refusal(Errno.EINVAL));
  }

  private void require(Set<Controller> added, Set<Controller> removed) {
    if (!node.tree().parts().controllers(node).containsAll(added)) {
      throw new Refusal(Errno.ENOENT);
    }
    for (Node child : node.children().values()) {
      if (removed.stream().anyMatch(of(child).enabled::contains)) {
        throw new Refusal(Errno.EBUSY);
      }
    }
    if (added.isEmpty() || node.isRoot()) {
      return;
    }
    if (!isValidDomain()) {
      throw new Refusal(Errno.EOPNOTSUPP);
    }
    if (hasDomain(added)) {
      if (isThreadRoot()) {
        throw new Refusal(Errno.EOPNOTSUPP);
      }
    } else if (canBeThreadRoot()) {
      return;
    }
    if (!node.processes().isEmpty()) {
      throw new Refusal(Errno.EBUSY);
    }
  }

  /// The kernel's `cgroup_migrate_vet_dst()`.
  void admit() {
    // Processes enter a threaded cgroup by their threads, which the fake has not.
    if (threaded || !isValidDomain()) {
      throw new Refusal(Errno.EOPNOTSUPP);
    }
    if (!node.isRoot() && !canBeThreadRoot() && !enabled.isEmpty()) {
      throw new Refusal(Errno.EBUSY);
    }
  }

  private static boolean hasDomain(Set<Controller> controllers) {
    return controllers.stream().anyMatch(DOMAIN::contains);
  }

  private static SubtreeControl of(Node node) {
    return node.require(CoreV2.class).subtree();
  }

  boolean isThreaded() {
    return threaded;
  }

  private boolean isThreadRoot() {
    return node.children().values().stream().anyMatch(child -> of(child).threaded)
        || (!node.processes().isEmpty() && enabled.stream().anyMatch(THREADED::contains));
  }

  private boolean canBeThreadRoot() {
    return !node.isRoot()
        && !hasDomain(enabled)
        && node.children().values().stream().noneMatch(Node::isPopulated);
  }

  private boolean isValidDomain() {
    return node.ancestry().stream()
        .skip(1)
        .filter(above -> !above.isRoot())
        .noneMatch(above -> of(above).isThreadRoot());
  }

  String type() {
    if (threaded) {
      return "threaded\n";
    }
    if (!isValidDomain()) {
      return "domain invalid\n";
    }
    return isThreadRoot() ? "domain threaded\n" : "domain\n";
  }

  /// The kernel's `cgroup_enable_threaded()`, for a parent that is no threaded cgroup itself.
  void setType(String text) {
    if (!text.strip().equals("threaded")) {
      throw new Refusal(Errno.EINVAL);
    }
    SubtreeControl above = of(node.parent().orElseThrow());
    if (node.isPopulated()
        || hasDomain(enabled)
        || !above.isValidDomain()
        || !above.canBeThreadRoot()) {
      throw new Refusal(Errno.EOPNOTSUPP);
    }
    threaded = true;
  }
}
