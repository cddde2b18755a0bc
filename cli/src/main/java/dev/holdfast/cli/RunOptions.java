package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.OomMode;
import dev.holdfast.isolator.ResourceLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// The options of `run`, and the spec that they make.
final class RunOptions {
  private static final String DEFAULT_FRAMEWORK = "default";
  private static final String UNLIMITED = "-1";
  private static final Cpus NO_CPUS = new Cpus(0);
  private static final int LONGEST_DEFAULT_NAME = 60;

  private final ParseResult call;

  RunOptions(ParseResult call) {
    this.call = call;
  }

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    // What follows the command is the command's.
    spec.parser().stopAtPositional(true);
    add(spec, "NAME", "Name of the run; the command's by default.", "--name");
    add(spec, "NAME", "Framework that it belongs to; 'default' by default.", "--framework");
    addRepeatable(spec, "K=V", "Label, kept in the verdict.", "--label");
    spec.addOption(
        OptionSpec.builder("--no-agent")
            .description("Run in this process, which is what happens without an agent.")
            .build());
    add(spec, "N", "CPUs, as 0.5 or 2.", "--cpus");
    add(
        spec,
        "shares|quota|pinned",
        "What --cpus is: a claim when CPUs are scarce (shares, the default), a claim and a cap"
            + " (quota), or CPUs of its own (pinned).",
        "--cpu-mode");
    add(spec, "D", "Unused quota that may be saved up; with quota.", "--cpu-burst");
    add(spec, "LIST", "CPUs to run on, as 0-2,5.", "--cpuset-cpus");
    add(spec, "SIZE", "Memory limit, as 512m or 1.5g; at least 32m.", "-m", "--memory");
    add(spec, "SIZE", "Memory it should keep when the host is short.", "--memory-reservation");
    add(
        spec,
        "SIZE",
        "Limit on memory and swap together, -1 for no limit; the memory limit by default.",
        "--memory-swap");
    add(spec, "N", "Limit on processes and threads.", "--pids-limit");
    add(spec, "D", "End it after this time; exit code 124.", "--timeout");
    add(spec, "D", "End it after this much CPU time of all its processes.", "--cpu-timeout");
    add(
        spec,
        "D",
        "Time between the request to end (SIGTERM) and the kill; 10s by default.",
        "--stop-timeout");
    add(
        spec,
        "report|kernel",
        "At the memory limit: describe and end the run (report, the default), or let the kernel"
            + " kill one process (kernel).",
        "--oom");
    add(spec, "USER[:GROUP]", "Run as this user.", "-u", "--user");
    add(spec, "DIR", "Working directory; the current one by default.", "-w", "--workdir");
    addRepeatable(
        spec, "K[=V]", "Environment variable; without a value, the caller's.", "-e", "--env");
    addRepeatable(spec, "FILE", "File of environment variables, one a line.", "--env-file");
    addRepeatable(spec, "NAME=SOFT[:HARD]", "Limit of setrlimit(2), as nofile=1024.", "--ulimit");
    add(spec, "FILE", "Write the verdict there as JSON.", "--verdict");
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

  private static void add(CommandSpec spec, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .build());
  }

  private static void addRepeatable(
      CommandSpec spec, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description + " Repeatable.")
            .build());
  }

  /// The spec that the words describe.
  ///
  /// @throws UsageException naming the option that does not fit
  ExecutorSpec toSpec() {
    List<String> command = call.matchedPositionalValue(0, List.of());
    Optional<Identity> identity = value("--user", Identity::parse);
    try {
      ExecutorSpec.Builder builder = ExecutorSpec.builder(id(command), command);
      list("--label").forEach(label -> addLabel(builder, label));
      builder.limits(limits());
      value("--timeout", RunOptions::time).ifPresent(builder::timeout);
      value("--cpu-timeout", RunOptions::time).ifPresent(builder::cpuTimeout);
      value("--stop-timeout", Durations::parse).ifPresent(builder::stopTimeout);
      value("--oom", RunOptions::oomMode).ifPresent(builder::oomMode);
      identity.map(Identity::credentials).ifPresent(builder::credentials);
      value("--workdir", RunOptions::directory).ifPresent(builder::workDirectory);
      for (String limit : list("--ulimit")) {
        builder.resourceLimit(parse("--ulimit", limit, ResourceLimit::parse));
      }
      new RunEnvironment(identity, list("--env-file"), list("--env"))
          .variables()
          .forEach(builder::environment);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Where to write the verdict.
  Optional<VerdictFile> verdictFile() {
    return value("--verdict", VerdictFile::at);
  }

  /// The memory that was asked for, before the policy's floor.
  Optional<Bytes> askedMemory() {
    return value("--memory", text -> positive(text, Bytes.parse(text), Bytes.ZERO));
  }

  private ExecutorId id(List<String> command) {
    return new ExecutorId(
        value("--framework", it -> new ExecutorId(it, "any").framework()).orElse(DEFAULT_FRAMEWORK),
        value("--name", it -> new ExecutorId("any", it).name()).orElseGet(() -> nameOf(command)));
  }

  /// The program's file name, made fit: nobody chose it as a name.
  private static String nameOf(List<String> command) {
    String program = command.isEmpty() ? "" : command.getFirst();
    String base = program.substring(program.lastIndexOf('/') + 1);
    String name = base.substring(0, Math.min(base.length(), LONGEST_DEFAULT_NAME));
    return name.isEmpty() ? "run" : Streams.printable(name);
  }

  private Limits limits() {
    return new Limits(
        value("--cpus", text -> positive(text, Cpus.parse(text), NO_CPUS)),
        value("--cpu-mode", RunOptions::cpuMode).orElse(CpuMode.SHARES),
        value("--cpu-burst", Durations::parse),
        value("--cpuset-cpus", RunOptions::cpuSet),
        askedMemory(),
        value("--memory-reservation", Bytes::parse),
        value("--memory-swap", RunOptions::swap),
        value("--pids-limit", RunOptions::count));
  }

  private static Limit<Bytes> swap(String text) {
    return text.equals(UNLIMITED) ? Limit.unlimited() : Limit.at(Bytes.parse(text));
  }

  private static long count(String text) {
    try {
      return positive(text, Long.valueOf(text), 0L);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number", e);
    }
  }

  private static Duration time(String text) {
    return positive(text, Durations.parse(text), Duration.ZERO);
  }

  private static CpuSet cpuSet(String text) {
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

  private static CpuMode cpuMode(String text) {
    return switch (text) {
      case "shares" -> CpuMode.SHARES;
      case "quota" -> CpuMode.QUOTA;
      case "pinned" -> CpuMode.PINNED;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not shares, quota or pinned");
    };
  }

  private static OomMode oomMode(String text) {
    return switch (text) {
      case "report" -> OomMode.REPORT;
      case "kernel" -> OomMode.KERNEL;
      default -> throw new IllegalArgumentException("'" + text + "' is not report or kernel");
    };
  }

  private static Path directory(String text) {
    return Path.of(text).toAbsolutePath();
  }

  private static void addLabel(ExecutorSpec.Builder builder, String label) {
    int equals = label.indexOf('=');
    if (equals < 1) {
      throw new UsageException("--label: '" + label + "' is not K=V");
    }
    builder.label(label.substring(0, equals), label.substring(equals + 1));
  }

  private Optional<String> text(String option) {
    return Optional.ofNullable(call.matchedOptionValue(option, null));
  }

  private <T> Optional<T> value(String option, Function<String, T> parser) {
    return text(option).map(text -> parse(option, text, parser));
  }

  private static <T> T parse(String option, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + ": " + e.getMessage(), e);
    }
  }

  private List<String> list(String option) {
    return call.matchedOptionValue(option, List.of());
  }
}
