package dev.holdfast.cgroup;

import java.util.Optional;

/// The controllers that Holdfast uses, by the kernel's names. v2 has no `cpuacct` and `freezer`:
/// its core does both for every cgroup. `io` is v2's alone: v1's `blkio` is another one.
public enum Controller {
  CPU("cpu"),
  CPUACCT("cpuacct"),
  CPUSET("cpuset"),
  MEMORY("memory"),
  PIDS("pids"),
  IO("io"),
  FREEZER("freezer");

  private final String kernelName;

  Controller(String kernelName) {
    this.kernelName = kernelName;
  }

  public String kernelName() {
    return kernelName;
  }

  public static Optional<Controller> parse(String kernelName) {
    for (Controller controller : values()) {
      if (controller.kernelName.equals(kernelName)) {
        return Optional.of(controller);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return kernelName;
  }
}
