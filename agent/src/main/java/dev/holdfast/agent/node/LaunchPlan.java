package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Identity;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.Policy;
import dev.holdfast.isolator.ResourceLimit;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Turns a request into what is to run, or says why it cannot be or may not.
final class LaunchPlan {
  private static final Set<String> LOGS = Set.of("stdout", "stderr");

  private final Caller caller;
  private final LaunchRequest request;
  private final NodeSettings settings;
  private final Users users;

  LaunchPlan(Caller caller, LaunchRequest request, NodeSettings settings, Users users) {
    this.caller = caller;
    this.request = request;
    this.settings = settings;
    this.users = users;
  }

  /// The name that was asked for, or else the program's file name.
  ///
  /// @throws NodeException when it cannot be a name
  ExecutorId executor() {
    if (request.command() == null || request.command().isEmpty()) {
      throw Refusals.bad("command: there is no program to run");
    }
    try {
      return new ExecutorId(
          withoutSteps(
              "framework",
              Objects.requireNonNullElse(request.framework(), ExecutorId.DEFAULT_FRAMEWORK)),
          withoutSteps(
              "name",
              Objects.requireNonNullElseGet(
                  request.name(), () -> ExecutorId.defaultName(request.command()))));
    } catch (IllegalArgumentException e) {
      throw Refusals.bad(e);
    }
  }

  /// It could not be asked for by such a name: no path of a request has a step in it.
  private static String withoutSteps(String field, String name) {
    for (String part : name.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        throw Refusals.bad(field + ": '" + name + "' has a part '" + part + "', a step in a path");
      }
    }
    return name;
  }

  boolean isNamed() {
    return request.name() != null;
  }

  /// As whom it is to run.
  ///
  /// @throws NodeException when the caller may not, or there is no such user
  Identity user() {
    if (caller.role() == Caller.Role.READER) {
      throw Refusals.forbidden("reading is all that is allowed here");
    }
    if (!settings.switchUser()) {
      return asAgent();
    }
    if (request.user() == null) {
      if (caller.uid() < 0) {
        throw Refusals.bad("user: say as whom it is to run");
      }
      return Identity.of(caller.uid(), caller.gid(), users);
    }
    Identity asked;
    try {
      asked = Identity.parse(request.user(), users);
    } catch (IllegalArgumentException e) {
      if (caller.role() == Caller.Role.USER) {
        throw Refusals.forbidden(onlyAsItself());
      }
      throw Refusals.bad("user: " + e.getMessage());
    }
    if (caller.role() == Caller.Role.USER && !isCallers(asked)) {
      throw Refusals.forbidden(onlyAsItself());
    }
    return asked;
  }

  private Identity asAgent() {
    if (caller.role() == Caller.Role.USER) {
      throw Refusals.forbidden("this agent runs all as root (--no-switch-user): only root may");
    }
    return Identity.of(0, 0, users);
  }

  private String onlyAsItself() {
    return "user: " + caller.name() + " may run only as " + caller.name() + ", with its own groups";
  }

  private boolean isCallers(Identity asked) {
    Identity self = Identity.of(caller.uid(), caller.gid(), users);
    return asked.credentials().uid() == caller.uid()
        && (asked.credentials().gid() == caller.gid()
            || self.credentials().groups().contains(asked.credentials().gid()))
        && self.credentials().groups().containsAll(asked.credentials().groups());
  }

  /// What it reads, the launch's from now on; empty for nothing.
  ///
  /// @throws NodeException when the caller may not give it
  Optional<Fd> stdin(ProcFs proc) {
    return request.stdinPid() == null
        ? Optional.empty()
        : new CallersStdin(caller, proc).of(request.stdinPid());
  }

  /// What is to run.
  ///
  /// @param sandbox of the run
  /// @throws NodeException when it cannot be
  ExecutorSpec spec(ExecutorId executor, RunId run, Identity user, Path sandbox, String agent) {
    try {
      ExecutorSpec.Builder builder =
          ExecutorSpec.builder(executor, request.command())
              .limits(limits())
              .credentials(user.credentials())
              .workDirectory(workDirectory().orElse(sandbox))
              .sandbox(sandbox)
              .stopTimeout(
                  request.stopTimeoutSeconds() == null
                      ? settings.stopTimeout()
                      : WireLimits.seconds("stop_timeout_seconds", request.stopTimeoutSeconds()));
      Objects.requireNonNullElse(request.labels(), Map.<String, String>of())
          .forEach(builder::label);
      environment(executor, run, user, sandbox, agent).forEach(builder::environment);
      if (request.ulimits() != null) {
        request
            .ulimits()
            .forEach(text ->
                builder.resourceLimit(WireLimits.named("ulimits", text, ResourceLimit::parse)));
      }
      if (request.timeoutSeconds() != null) {
        builder.timeout(time("timeout_seconds", request.timeoutSeconds()));
      }
      if (request.cpuTimeoutSeconds() != null) {
        builder.cpuTimeout(time("cpu_timeout_seconds", request.cpuTimeoutSeconds()));
      }
      if (request.oom() != null) {
        builder.oomMode(WireLimits.named("oom", request.oom(), OomMode::parse));
      }
      uris().forEach(builder::uri);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw Refusals.bad(e);
    }
  }

  private static Duration time(String field, double seconds) {
    Duration time = WireLimits.seconds(field, seconds);
    if (time.isZero()) {
      throw new IllegalArgumentException(field + ": it must be more than 0");
    }
    return time;
  }

  private List<FetchUri> uris() {
    List<FetchUri> uris = new ArrayList<>();
    List<dev.holdfast.api.FetchUri> asked = Objects.requireNonNullElse(request.uris(), List.of());
    for (int i = 0; i < asked.size(); i++) {
      uris.add(uri("uris[" + i + "]: ", asked.get(i)));
    }
    return uris;
  }

  private FetchUri uri(String field, dev.holdfast.api.FetchUri asked) {
    FetchUri uri;
    try {
      uri =
          new FetchUri(
              asked.value(),
              Objects.requireNonNullElse(asked.executable(), false),
              Objects.requireNonNullElse(asked.extract(), true),
              Optional.ofNullable(asked.sha256()));
      if (uri.source() == FetchUri.Source.FILE) {
        Path _ = settings.fetch().locate(uri);
      }
    } catch (IllegalArgumentException | IsolatorException e) {
      throw new IllegalArgumentException(field + e.getMessage(), e);
    }
    if (LOGS.contains(uri.fileName())) {
      throw new IllegalArgumentException(
          field + "a file named " + uri.fileName() + " would be in the place of the run's own");
    }
    return uri;
  }

  private Limits limits() {
    ResourceLimits asked = Objects.requireNonNullElse(request.limits(), ResourceLimits.NONE);
    Limits limits = WireLimits.parse(asked);
    Limits.Builder builder = limits.toBuilder();
    if (asked.cpuMode() == null && limits.cpus().isPresent()) {
      builder.cpuMode(settings.cpuMode());
    }
    if (settings.limitSwap() && limits.memoryAndSwap().isEmpty()) {
      limits.memory().map(Limit::at).ifPresent(builder::memoryAndSwap);
    }
    return builder.build();
  }

  private Optional<Path> workDirectory() {
    if (request.workdir() == null) {
      return Optional.empty();
    }
    try {
      Path path = Path.of(request.workdir());
      if (path.isAbsolute()) {
        return Optional.of(path);
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "workdir: '" + request.workdir() + "' is not an absolute path");
  }

  /// Made from nothing: what every program expects, what was asked for, and then the seed's own
  /// variables, on which executors rely. Of those, `MESOS_SLAVE_PID` and `MESOS_RECOVERY_TIMEOUT`
  /// are not there, since there is no such agent to connect to, nor one whose absence ends a run.
  private Map<String, String> environment(
      ExecutorId executor, RunId run, Identity user, Path sandbox, String agent) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PATH", Policy.SEARCH_PATH);
    variables.put("HOME", user.home().orElse("/"));
    user.account()
        .ifPresent(account -> {
          variables.put("USER", account.name());
          variables.put("LOGNAME", account.name());
          variables.put("SHELL", account.shell());
        });
    variables.put("LIBPROCESS_PORT", "0");
    variables.putAll(Objects.requireNonNullElse(request.environment(), Map.of()));
    variables.put("MESOS_DIRECTORY", sandbox.toString());
    variables.put("MESOS_SLAVE_ID", agent);
    variables.put("MESOS_FRAMEWORK_ID", executor.framework());
    variables.put("MESOS_EXECUTOR_ID", executor.name());
    variables.put("MESOS_EXECUTOR_UUID", run.toString());
    variables.put("MESOS_CHECKPOINT", "1");
    return variables;
  }
}
