package dev.holdfast.isolator.fetch;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchConfig;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One fetching of all files of a run: what the isolator runs for it, as any other command.
///
/// @param id of the fetcher's own run
/// @param job what the fetcher reads on its stdin
public record Fetch(RunId id, ExecutorSpec spec, List<FetchUri> uris, String job) {
  /// Between the request to end and the kill: for the fetcher to remove what is unfinished.
  static final Duration GRACE = Duration.ofSeconds(1);

  /// Java and, for HDFS, hadoop's Java. Page cache is no reason to be killed.
  private static final Bytes MEMORY = Bytes.ofMebibytes(512);

  private static final long PIDS = 512;

  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  /// What of this process's environment is meant for whoever fetches.
  private static final List<String> VARIABLES =
      List.of(
          "http_proxy",
          "https_proxy",
          "HTTPS_PROXY",
          "all_proxy",
          "ALL_PROXY",
          "no_proxy",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "JAVA_HOME",
          "HADOOP_HOME",
          "HADOOP_CONF_DIR",
          "HADOOP_OPTS",
          "HADOOP_CLIENT_OPTS",
          "HADOOP_USER_NAME");

  /// For the run `id` of `spec`.
  ///
  /// @param controllers that there are
  /// @param keep for what of the program everybody has to be able to read
  /// @throws dev.holdfast.isolator.IsolatorException when it is clear that it cannot be done
  public static Fetch of(
      RunId id, ExecutorSpec spec, FetchConfig config, Set<Controller> controllers, Path keep) {
    Path sandbox =
        spec.sandbox().or(spec::workDirectory).orElseGet(() -> Path.of("").toAbsolutePath());
    ExecutorSpec.Builder builder =
        ExecutorSpec.builder(
                new ExecutorId(spec.id().framework(), "fetch-" + id), FetcherProgram.command(keep))
            .credentials(spec.credentials())
            .workDirectory(sandbox)
            .limits(limits(sandbox, config, controllers))
            .stopTimeout(GRACE);
    spec.timeout().ifPresent(builder::timeout);
    variables(spec, System.getenv()).forEach(builder::environment);
    return new Fetch(
        RunId.random(), builder.build(), spec.uris(), FetchJob.format(spec.uris(), config));
  }

  private static Map<String, String> variables(ExecutorSpec spec, Map<String, String> ours) {
    Map<String, String> variables = new java.util.LinkedHashMap<>();
    variables.put("PATH", ours.getOrDefault("PATH", Policy.SEARCH_PATH));
    variables.put("LANG", "C.UTF-8");
    for (String name : List.of("HOME", "USER", "LOGNAME")) {
      Optional.ofNullable(spec.environment().get(name)).ifPresent(it -> variables.put(name, it));
    }
    for (String name : VARIABLES) {
      Optional.ofNullable(ours.get(name)).ifPresent(it -> variables.put(name, it));
    }
    return variables;
  }

  /// Where there is no such controller its own heap must do.
  private static Limits limits(Path sandbox, FetchConfig config, Set<Controller> controllers) {
    Limits.Builder limits = Limits.builder();
    if (controllers.contains(Controller.MEMORY)) {
      limits.memory(memory(sandbox, config));
    }
    if (controllers.contains(Controller.PIDS)) {
      limits.pids(PIDS);
    }
    return limits.build();
  }

  /// What is written to a tmpfs stays memory, and counts as the writer's.
  private static Bytes memory(Path sandbox, FetchConfig config) {
    try {
      return IN_MEMORY.contains(Files.getFileStore(sandbox).type())
          ? new Bytes(Math.addExact(MEMORY.count(), config.sizeLimit().count()))
          : MEMORY;
    } catch (IOException | ArithmeticException unknown) {
      return MEMORY;
    }
  }
}
