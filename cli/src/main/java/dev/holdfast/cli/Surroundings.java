package dev.holdfast.cli;

import dev.holdfast.api.AgentSocket;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.isolator.FetchConfig;
import dev.holdfast.isolator.IsolatorConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

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
    Optional<CgroupPath> root = variable("HOLDFAST_CGROUPS_ROOT", CgroupPath::parse);
    if (root.isPresent()) {
      config = config.withRoot(root.get());
    }
    Optional<Path> runtime = variable("HOLDFAST_RUNTIME_DIR", Surroundings::directory);
    if (runtime.isPresent()) {
      config = config.withRuntimeDirectory(runtime.get());
    }
    return config;
  }

  /// How files are fetched, as the agent's flags of these names would have it.
  static FetchConfig fetching() {
    FetchConfig usual = FetchConfig.DEFAULT;
    return new FetchConfig(
        variable("HOLDFAST_HADOOP_HOME", Surroundings::directory),
        variable("HOLDFAST_FRAMEWORKS_HOME", Surroundings::directory),
        variable("HOLDFAST_FETCHER_STALL_TIMEOUT", RunOptions::time).orElse(usual.stallTimeout()),
        variable("HOLDFAST_FETCHER_SIZE_LIMIT", RunOptions::memory).orElse(usual.sizeLimit()));
  }

  private static <T> Optional<T> variable(String name, Function<String, T> parser) {
    return Optional.ofNullable(System.getenv(name))
        .map(text -> CallOptions.parse(name, text, parser));
  }

  private static Path directory(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(text + " is not an absolute path");
    }
    return path;
  }
}
