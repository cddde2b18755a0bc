package dev.holdfast.testkit.fake.v2;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import dev.holdfast.testkit.fake.PidsPart;
import dev.holdfast.testkit.fake.Tree;
import java.util.EnumSet;
import java.util.Set;

/// The cgroup2 tree: a cgroup has the controllers that its parent lets its children have.
public final class PartsV2 implements Tree.Parts {
  private final Set<Controller> available;

  /// @param available none on a hybrid host, where v1 has taken them all
  public PartsV2(Set<Controller> available) {
    this.available = available.isEmpty() ? Set.of() : EnumSet.copyOf(available);
  }

  @Override
  public Part core(Node node) {
    return new CoreV2(node);
  }

  @Override
  public Part controller(Controller controller, Node node) {
    return switch (controller) {
      case CPU -> new CpuV2(node);
      case CPUSET -> new CpusetV2(node);
      case MEMORY -> new MemoryV2(node);
      case PIDS -> new PidsPart(node);
      case IO -> new IoV2(node);
      case CPUACCT, FREEZER ->
          throw new IllegalArgumentException(controller + " is part of v2's core");
    };
  }

  @Override
  public Set<Controller> controllers(Node node) {
    return node.parent().map(above -> above.require(CoreV2.class).enabled()).orElse(available);
  }

  @Override
  public String mountInfo() {
    return "cgroup2 cgroup2 rw,nsdelegate";
  }
}
