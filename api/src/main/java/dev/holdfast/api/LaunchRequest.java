package dev.holdfast.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What to run: the body of `POST /v1/executors`. [#builder] makes one.
///
/// @param framework `default` when absent
/// @param name the command's file name when absent
/// @param command the program and its arguments; a program without a slash is looked up in the
///   run's `PATH`
/// @param environment the whole environment is made of this and `PATH`, `HOME`, `USER`, `LOGNAME`
/// @param user `USER[:GROUP]`, names or numbers; the caller when absent
/// @param workdir absolute; the sandbox when absent
/// @param ulimits as `nofile=1024:4096`
/// @param oom `report` or `kernel`
/// @param uris fetched into the sandbox first, in this order
/// @param stdinPid a process of the caller's: what its stdin is at the time of the call, is the
///   run's. Only over the Unix socket; without it the run's stdin is empty
public record LaunchRequest(
    @Nullable String framework,
    @Nullable String name,
    @Required List<String> command,
    @Nullable Map<String, String> labels,
    @Nullable ResourceLimits limits,
    @Nullable String user,
    @Nullable String workdir,
    @Nullable Map<String, String> environment,
    @Nullable List<String> ulimits,
    @Nullable Double timeoutSeconds,
    @Nullable Double cpuTimeoutSeconds,
    @Nullable Double stopTimeoutSeconds,
    @Nullable String oom,
    @Nullable List<FetchUri> uris,
    @Nullable Integer stdinPid) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// @param command the program and its arguments
  public static Builder builder(List<String> command) {
    return new Builder(command);
  }

  /// Collects the optional parts. The agent judges them.
  public static final class Builder {
    private final List<String> command;
    private @Nullable String framework;
    private @Nullable String name;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private @Nullable ResourceLimits limits;
    private @Nullable String user;
    private @Nullable String workdir;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> ulimits = new ArrayList<>();
    private @Nullable Double timeoutSeconds;
    private @Nullable Double cpuTimeoutSeconds;
    private @Nullable Double stopTimeoutSeconds;
    private @Nullable String oom;
    private final List<FetchUri> uris = new ArrayList<>();
    private @Nullable Integer stdinPid;

    private Builder(List<String> command) {
      this.command = List.copyOf(command);
    }

    public Builder framework(String value) {
      framework = value;
      return this;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    public Builder limits(ResourceLimits value) {
      limits = value;
      return this;
    }

    public Builder user(String value) {
      user = value;
      return this;
    }

    public Builder workdir(String value) {
      workdir = value;
      return this;
    }

    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    public Builder ulimit(String value) {
      ulimits.add(value);
      return this;
    }

    public Builder timeout(Duration value) {
      timeoutSeconds = seconds(value);
      return this;
    }

    public Builder cpuTimeout(Duration value) {
      cpuTimeoutSeconds = seconds(value);
      return this;
    }

    public Builder stopTimeout(Duration value) {
      stopTimeoutSeconds = seconds(value);
      return this;
    }

    public Builder oom(String value) {
      oom = value;
      return this;
    }

    public Builder uri(FetchUri value) {
      uris.add(value);
      return this;
    }

    public Builder stdinPid(int value) {
      stdinPid = value;
      return this;
    }

    public LaunchRequest build() {
      return new LaunchRequest(
          framework,
          name,
          command,
          labels.isEmpty() ? null : Map.copyOf(labels),
          limits,
          user,
          workdir,
          environment.isEmpty() ? null : Map.copyOf(environment),
          ulimits.isEmpty() ? null : List.copyOf(ulimits),
          timeoutSeconds,
          cpuTimeoutSeconds,
          stopTimeoutSeconds,
          oom,
          uris.isEmpty() ? null : List.copyOf(uris),
          stdinPid);
    }

    private static double seconds(Duration value) {
      return value.toNanos() / NANOS_PER_SECOND;
    }
  }
}
