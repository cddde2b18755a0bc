package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.DurationText;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.FetchUri;
import dev.holdfast.isolator.Identity;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.ResourceLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The options of `run`, and the spec that they make.
final class RunOptions {
  private static final String UNLIMITED = "-1";
  private static final Cpus NO_CPUS = new Cpus(0);

  private final CallOptions options;

  RunOptions(ParseResult call) {
    this.options = new CallOptions(call);
  }

  CallOptions words() {
    return options;
  }

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    // What follows the command is the command's.
    spec.parser().stopAtPositional(true);
    CallOptions.add(spec, "NAME", "Name of the run; the command's by default.", "--name");
    CallOptions.add(
        spec, "NAME", "Framework that it belongs to; 'default' by default.", "--framework");
    CallOptions.addRepeatable(spec, "K=V", "Label, kept in the verdict.", "--label");
    CallOptions.addFlag(
        spec,
        "Have the agent run it, print the run's id and leave; its output is for logs.",
        "-d",
        "--detach");
    CallOptions.addFlag(
        spec,
        "Have the agent run it, which is what happens where one listens: the run outlives agent"
            + " and client.",
        "--agent");
    CallOptions.addFlag(
        spec,
        "Run in this process, which is what happens without an agent: the run ends with it.",
        "--no-agent");
    LimitOptions.addTo(spec);
    CallOptions.add(spec, "D", "End it after this time; exit code 124.", "--timeout");
    CallOptions.add(
        spec, "D", "End it after this much CPU time of all its processes.", "--cpu-timeout");
    CallOptions.add(
        spec,
        "D",
        "Time between the request to end (SIGTERM) and the kill; 10s by default, with an agent its"
            + " own.",
        "--stop-timeout");
    CallOptions.add(
        spec,
        "report|kernel",
        "At the memory limit: describe and end the run (report, the default), or let the kernel"
            + " kill one process (kernel).",
        "--oom");
    CallOptions.add(spec, "USER[:GROUP]", "Run as this user.", "-u", "--user");
    CallOptions.add(
        spec, "DIR", "Working directory; the current one by default.", "-w", "--workdir");
    CallOptions.addRepeatable(
        spec, "K[=V]", "Environment variable; without a value, the caller's.", "-e", "--env");
    CallOptions.addRepeatable(
        spec, "FILE", "File of environment variables, one a line.", "--env-file");
    CallOptions.addRepeatable(
        spec, "NAME=SOFT[:HARD]", "Limit of setrlimit(2), as nofile=1024.", "--ulimit");
    CallOptions.addRepeatable(
        spec,
        "URI[,extract=false][,executable=true][,sha256=SUM]",
        "Fetch this file into the working directory first, and extract archives: http, https, ftp,"
            + " ftps, hdfs, hftp, file or a path.",
        "--uri");
    CallOptions.add(spec, "FILE", "Write the verdict there as JSON.", "--verdict");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("COMMAND [ARG]…")
            .hideParamSyntax(true)
            .index("0..*")
            .arity("1..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("The command and its arguments.")
            .build());
    return spec;
  }

  /// The spec that the words describe.
  ///
  /// @throws UsageException naming the option that does not fit
  ExecutorSpec toSpec() {
    Optional<Identity> identity = options.value("--user", Identity::parse);
    try {
      ExecutorSpec.Builder builder = named();
      builder.limits(limits());
      options.value("--timeout", RunOptions::time).ifPresent(builder::timeout);
      options.value("--cpu-timeout", RunOptions::time).ifPresent(builder::cpuTimeout);
      options.value("--stop-timeout", DurationText::parse).ifPresent(builder::stopTimeout);
      options.value("--oom", OomMode::parse).ifPresent(builder::oomMode);
      identity.map(Identity::credentials).ifPresent(builder::credentials);
      options.value("--workdir", RunOptions::directory).ifPresent(builder::workDirectory);
      for (String limit : options.list("--ulimit")) {
        builder.resourceLimit(CallOptions.parse("--ulimit", limit, ResourceLimit::parse));
      }
      uris(options).forEach(builder::uri);
      new RunEnvironment(identity, options.list("--env-file"), options.list("--env"))
          .variables()
          .forEach(builder::environment);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /// As much of the spec as tells one run from another, which is what a run that is refused has in
  /// its verdict.
  ///
  /// @throws UsageException when no run can be named so
  ExecutorSpec description() {
    try {
      return named().build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private ExecutorSpec.Builder named() {
    List<String> command = options.call().matchedPositionalValue(0, List.of());
    ExecutorSpec.Builder builder = ExecutorSpec.builder(id(command), command);
    options.list("--label").forEach(label -> addLabel(label, builder::label));
    return builder;
  }

  /// What is to be fetched first.
  static List<FetchUri> uris(CallOptions options) {
    List<FetchUri> uris = new ArrayList<>();
    for (String uri : options.list("--uri")) {
      uris.add(CallOptions.parse("--uri", uri, FetchUri::parse));
    }
    return uris;
  }

  /// Where to write the verdict.
  Optional<VerdictFile> verdictFile() {
    return options.value("--verdict", VerdictFile::at);
  }

  /// The memory that was asked for, before the policy's floor.
  Optional<Bytes> askedMemory() {
    return options.value("--memory", RunOptions::memory);
  }

  private ExecutorId id(List<String> command) {
    return new ExecutorId(
        options
            .value("--framework", it -> new ExecutorId(it, "any").framework())
            .orElse(ExecutorId.DEFAULT_FRAMEWORK),
        options
            .value("--name", it -> new ExecutorId("any", it).name())
            .orElseGet(() -> ExecutorId.defaultName(command)));
  }

  private Limits limits() {
    return new Limits(
        options.value("--cpus", RunOptions::cpus),
        options.value("--cpu-mode", CpuMode::parse).orElse(CpuMode.SHARES),
        options.value("--cpu-burst", DurationText::parse),
        options.value("--cpuset-cpus", RunOptions::cpuSet),
        askedMemory(),
        options.value("--memory-reservation", Bytes::parse),
        options.value("--memory-swap", RunOptions::swap),
        options.value("--pids-limit", RunOptions::count));
  }

  static Cpus cpus(String text) {
    return positive(text, Cpus.parse(text), NO_CPUS);
  }

  static Bytes memory(String text) {
    return positive(text, Bytes.parse(text), Bytes.ZERO);
  }

  static Limit<Bytes> swap(String text) {
    return text.equals(UNLIMITED) ? Limit.unlimited() : Limit.at(Bytes.parse(text));
  }

  static long count(String text) {
    try {
      return positive(text, Long.valueOf(text), 0L);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number", e);
    }
  }

  static Duration time(String text) {
    return positive(text, DurationText.parse(text), Duration.ZERO);
  }

  static CpuSet cpuSet(String text) {
    CpuSet cpus = CpuSet.parse(text);
    if (cpus.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' names no cpu");
    }
    return cpus;
  }

  private static <T extends Comparable<? super T>> T positive(String text, T value, T zero) {
    if (value.compareTo(zero) <= 0) {
      throw new IllegalArgumentException("'" + text + "' is not more than 0");
    }
    return value;
  }

  static Path directory(String text) {
    return Path.of(text).toAbsolutePath();
  }

  static void addLabel(String label, BiConsumer<String, String> labels) {
    int equals = label.indexOf('=');
    if (equals < 1) {
      throw new UsageException("--label: '" + label + "' is not K=V");
    }
    labels.accept(label.substring(0, equals), label.substring(equals + 1));
  }
}
