package dev.holdfast.testkit.fake;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.linux.Errno;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// One mounted tree of cgroups.
public final class Tree {
  private final Path mount;
  private final Kernel kernel;
  private final Parts parts;
  private final Node root;

  /// What a version of cgroups makes its cgroups of.
  public interface Parts {
    /// What every cgroup has.
    Part core(Node node);

    Part controller(Controller controller, Node node);

    /// The controllers that a new cgroup has.
    Set<Controller> controllers(Node node);

    /// A line of `/proc/PID/mountinfo` from the mount point on.
    String mountInfo();
  }

  Tree(Path mount, Kernel kernel, Parts parts) {
    this.mount = mount;
    this.kernel = kernel;
    this.parts = parts;
    root = new Node(this, Optional.empty(), "");
  }

  public Path mount() {
    return mount;
  }

  public Kernel kernel() {
    return kernel;
  }

  public Parts parts() {
    return parts;
  }

  public Node root() {
    return root;
  }

  /// The cgroup whose directory this is.
  Optional<Node> find(Path directory) {
    if (!directory.startsWith(mount)) {
      return Optional.empty();
    }
    Optional<Node> node = Optional.of(root);
    if (!directory.equals(mount)) {
      for (Path name : mount.relativize(directory)) {
        node = node.flatMap(at -> Optional.ofNullable(at.children().get(name.toString())));
      }
    }
    return node;
  }

  void make(Node parent, String name) {
    if (parent.children().containsKey(name) || parent.control(name).isPresent()) {
      throw new Refusal(Errno.EEXIST);
    }
    if (name.indexOf('\n') >= 0) {
      throw new Refusal(Errno.EINVAL);
    }
    parent.ancestry().forEach(Node::admitDescendant);
    parent.children().put(name, new Node(this, Optional.of(parent), name));
  }

  void remove(Node node) {
    // A mount point, children and processes: the kernel says the same to all.
    if (node.isRoot() || !node.children().isEmpty() || !node.processes().isEmpty()) {
      throw new Refusal(Errno.EBUSY);
    }
    Path path = node.path();
    node.parent().orElseThrow().children().remove(node.name());
    kernel.watchers().removed(path);
  }
}
