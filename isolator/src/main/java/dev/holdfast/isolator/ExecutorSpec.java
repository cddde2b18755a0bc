package dev.holdfast.isolator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to run, as whom, where and with which limits. Immutable.
public final class ExecutorSpec {
  private final ExecutorId id;
  private final List<String> command;
  private final Map<String, String> labels;
  private final Limits limits;
  private final Credentials credentials;
  private final Optional<Path> workDirectory;
  private final Map<String, String> environment;
  private final List<ResourceLimit> resourceLimits;
  private final OomMode oomMode;
  private final Optional<Duration> timeout;
  private final Optional<Duration> cpuTimeout;
  private final Duration stopTimeout;
  private final List<FetchUri> uris;
  private final Optional<Path> sandbox;

  private ExecutorSpec(Builder builder) {
    id = builder.id;
    command = List.copyOf(builder.command);
    labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.labels));
    limits = builder.limits;
    credentials = builder.credentials;
    workDirectory = builder.workDirectory;
    environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(builder.environment));
    resourceLimits = List.copyOf(builder.resourceLimits);
    oomMode = builder.oomMode;
    timeout = builder.timeout;
    cpuTimeout = builder.cpuTimeout;
    stopTimeout = builder.stopTimeout;
    uris = List.copyOf(builder.uris);
    sandbox = builder.sandbox;
  }

  private ExecutorSpec(ExecutorSpec same, Limits limits) {
    id = same.id;
    command = same.command;
    labels = same.labels;
    this.limits = limits;
    credentials = same.credentials;
    workDirectory = same.workDirectory;
    environment = same.environment;
    resourceLimits = same.resourceLimits;
    oomMode = same.oomMode;
    timeout = same.timeout;
    cpuTimeout = same.cpuTimeout;
    stopTimeout = same.stopTimeout;
    uris = same.uris;
    sandbox = same.sandbox;
  }

  /// A spec that runs `command`, the first being the program, as root in `/` without limits and
  /// with an empty environment.
  public static Builder builder(ExecutorId id, List<String> command) {
    return new Builder(id, command);
  }

  public ExecutorId id() {
    return id;
  }

  /// The program and its arguments. A program without a slash is looked up in the `PATH` of
  /// [#environment].
  public List<String> command() {
    return command;
  }

  public Map<String, String> labels() {
    return labels;
  }

  public Limits limits() {
    return limits;
  }

  /// The same with other limits.
  public ExecutorSpec withLimits(Limits other) {
    return new ExecutorSpec(this, other);
  }

  public Credentials credentials() {
    return credentials;
  }

  /// Absolute; when absent, where the process that launches it is.
  public Optional<Path> workDirectory() {
    return workDirectory;
  }

  /// The whole environment: nothing is inherited.
  public Map<String, String> environment() {
    return environment;
  }

  public List<ResourceLimit> resourceLimits() {
    return resourceLimits;
  }

  public OomMode oomMode() {
    return oomMode;
  }

  /// How long it may run.
  public Optional<Duration> timeout() {
    return timeout;
  }

  /// How much CPU time all its processes together may use.
  public Optional<Duration> cpuTimeout() {
    return cpuTimeout;
  }

  /// How long a run that is asked to stop (SIGTERM) is given before it is killed.
  public Duration stopTimeout() {
    return stopTimeout;
  }

  /// What is fetched before it starts, in this order.
  public List<FetchUri> uris() {
    return uris;
  }

  /// Where that is fetched to: absolute, and writable for whom it runs as. When absent, its working
  /// directory.
  public Optional<Path> sandbox() {
    return sandbox;
  }

  /// Collects the optional parts.
  public static final class Builder {
    private final ExecutorId id;
    private final List<String> command;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private Limits limits = Limits.NONE;
    private Credentials credentials = Credentials.ROOT;
    private Optional<Path> workDirectory = Optional.empty();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<ResourceLimit> resourceLimits = new ArrayList<>();
    private OomMode oomMode = OomMode.REPORT;
    private Optional<Duration> timeout = Optional.empty();
    private Optional<Duration> cpuTimeout = Optional.empty();
    private Duration stopTimeout = Policy.STOP_TIMEOUT;
    private final List<FetchUri> uris = new ArrayList<>();
    private Optional<Path> sandbox = Optional.empty();

    private Builder(ExecutorId id, List<String> command) {
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        throw new IllegalArgumentException("there is no command to run");
      }
      for (String argument : command) {
        requireNoNul("an argument", argument);
      }
      this.id = id;
      this.command = List.copyOf(command);
    }

    public Builder label(String key, String value) {
      labels.put(key, value);
      return this;
    }

    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    public Builder credentials(Credentials value) {
      credentials = value;
      return this;
    }

    public Builder workDirectory(Path value) {
      workDirectory = Optional.of(requireAbsolute("working directory", value));
      return this;
    }

    public Builder sandbox(Path value) {
      sandbox = Optional.of(requireAbsolute("sandbox", value));
      return this;
    }

    public Builder uri(FetchUri value) {
      uris.add(value);
      return this;
    }

    public Builder environment(String name, String value) {
      requireNoNul("a variable", name + value);
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException("'" + name + "' cannot be a variable's name");
      }
      environment.put(name, value);
      return this;
    }

    public Builder resourceLimit(ResourceLimit value) {
      resourceLimits.add(value);
      return this;
    }

    public Builder oomMode(OomMode value) {
      oomMode = value;
      return this;
    }

    public Builder timeout(Duration value) {
      timeout = Optional.of(requirePositive("timeout", value));
      return this;
    }

    public Builder cpuTimeout(Duration value) {
      cpuTimeout = Optional.of(requirePositive("cpu timeout", value));
      return this;
    }

    /// Zero kills at once.
    public Builder stopTimeout(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("the stop timeout must not be negative");
      }
      stopTimeout = value;
      return this;
    }

    public ExecutorSpec build() {
      return new ExecutorSpec(this);
    }

    private static Duration requirePositive(String what, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException("the " + what + " must be more than 0");
      }
      return value;
    }

    private static Path requireAbsolute(String what, Path value) {
      if (!value.isAbsolute()) {
        throw new IllegalArgumentException("the " + what + " " + value + " is not absolute");
      }
      return value;
    }

    private static void requireNoNul(String what, String text) {
      if (text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(what + " contains a NUL character");
      }
    }
  }
}
