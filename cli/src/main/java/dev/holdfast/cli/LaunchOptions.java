package dev.holdfast.cli;

import dev.holdfast.api.FetchUri;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.isolator.DurationText;
import dev.holdfast.isolator.OomMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The request to an agent that the options of `run` make. What they do not say is the agent's to
/// decide; it judges names, users and limits by its own node.
record LaunchOptions(CallOptions options) {
  /// @param detached a detached run works in its sandbox and has nothing to read, an attached one
  ///   works where the caller is and reads what the caller would
  /// @throws UsageException naming the option that does not fit
  LaunchRequest toRequest(boolean detached) {
    List<String> command = options.call().matchedPositionalValue(0, List.of());
    if (command.isEmpty() || command.getFirst().isEmpty()) {
      throw new UsageException("there is no command to run");
    }
    Map<String, String> environment =
        RunEnvironment.named(options.list("--env-file"), options.list("--env"));
    return new LaunchRequest(
        options.text("--framework").orElse(null),
        options.text("--name").orElse(null),
        List.copyOf(command),
        labels(),
        LimitOptions.read(options),
        options.text("--user").orElse(null),
        workDirectory(detached).map(Path::toString).orElse(null),
        environment,
        List.copyOf(options.list("--ulimit")),
        seconds("--timeout"),
        seconds("--cpu-timeout"),
        options
            .value("--stop-timeout", DurationText::parse)
            .map(LimitOptions::seconds)
            .orElse(null),
        options.value("--oom", OomMode::parse).map(OomMode::word).orElse(null),
        uris(),
        detached ? null : Math.toIntExact(ProcessHandle.current().pid()));
  }

  private @org.jspecify.annotations.Nullable List<FetchUri> uris() {
    List<FetchUri> uris =
        RunOptions.uris(options).stream()
            .map(uri ->
                new FetchUri(
                    uri.value(), uri.executable(), uri.extract(), uri.sha256().orElse(null)))
            .toList();
    return uris.isEmpty() ? null : uris;
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    options.list("--label").forEach(label -> RunOptions.addLabel(label, labels::put));
    return labels;
  }

  private Optional<Path> workDirectory(boolean detached) {
    Optional<Path> named = options.value("--workdir", RunOptions::directory);
    return named.isPresent() || detached ? named : Optional.of(Path.of("").toAbsolutePath());
  }

  private @org.jspecify.annotations.Nullable Double seconds(String option) {
    Optional<Duration> time = options.value(option, RunOptions::time);
    return time.map(LimitOptions::seconds).orElse(null);
  }
}
