package dev.holdfast.testkit.fake.v1;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Part;
import dev.holdfast.testkit.fake.PidsPart;
import dev.holdfast.testkit.fake.Tree;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// A v1 hierarchy: every cgroup has the controllers that are mounted there.
public final class PartsV1 implements Tree.Parts {
  private final Set<Controller> controllers;

  public PartsV1(Set<Controller> controllers) {
    this.controllers = EnumSet.copyOf(controllers);
  }

  @Override
  public Part core(Node node) {
    return new CoreV1(node);
  }

  @Override
  public Part controller(Controller controller, Node node) {
    return switch (controller) {
      case CPU -> new CpuV1(node);
      case CPUACCT -> new CpuacctV1(node);
      case CPUSET -> new CpusetV1(node);
      case MEMORY -> new MemoryV1(node);
      case PIDS -> new PidsPart(node);
      case FREEZER -> new FreezerV1(node);
      case IO -> throw new IllegalArgumentException(controller + " is v2's");
    };
  }

  @Override
  public Set<Controller> controllers(Node node) {
    return controllers;
  }

  @Override
  public String mountInfo() {
    return "cgroup cgroup rw,"
        + controllers.stream().map(Controller::kernelName).collect(Collectors.joining(","));
  }
}
