package dev.holdfast.cli;

import dev.holdfast.api.AgentSocket;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.IsolatorConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// What the caller's environment says about where Holdfast keeps its things.
final class Surroundings {
  private Surroundings() {}

  /// Where the agent listens, if there is one.
  static Path socket() {
    try {
      return AgentSocket.path();
    } catch (InvalidPathException e) {
      throw new UsageException("HOLDFAST_SOCKET: " + e.getMessage(), e);
    }
  }

  static HoldfastClient client() {
    return HoldfastClient.at(socket());
  }

  /// The defaults, unless `HOLDFAST_CGROUPS_ROOT` and `HOLDFAST_RUNTIME_DIR` say otherwise. Runs
  /// get platform threads: for a single one the machinery of virtual threads costs more than it
  /// saves.
  static IsolatorConfig config() {
    IsolatorConfig config =
        IsolatorConfig.defaults()
            .withThreads(Thread.ofPlatform().daemon().name("run-", 0).factory());
    String root = System.getenv("HOLDFAST_CGROUPS_ROOT");
    if (root != null) {
      try {
        config = config.withRoot(CgroupPath.parse(root));
      } catch (IllegalArgumentException e) {
        throw new UsageException("HOLDFAST_CGROUPS_ROOT: " + e.getMessage(), e);
      }
    }
    String runtime = System.getenv("HOLDFAST_RUNTIME_DIR");
    if (runtime != null) {
      Path path;
      try {
        path = Path.of(runtime);
      } catch (InvalidPathException e) {
        throw new UsageException("HOLDFAST_RUNTIME_DIR: " + e.getMessage(), e);
      }
      if (!path.isAbsolute()) {
        throw new UsageException("HOLDFAST_RUNTIME_DIR: " + runtime + " is not an absolute path");
      }
      config = config.withRuntimeDirectory(path);
    }
    return config;
  }
}
