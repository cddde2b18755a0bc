package dev.holdfast.agent.config;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The command line of `holdfast agent`.
public final class AgentOptions {
  private static final String NO = "--no-";

  private AgentOptions() {}

  /// The configuration; empty when the words ask for help.
  ///
  /// @throws ConfigException in one sentence
  public static Optional<AgentConfig> read(String[] words, Map<String, String> environment) {
    ParseResult call;
    try {
      call =
          commandLine()
              .parseArgs(Stream.of(words).map(AgentOptions::dashed).toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new ConfigException("agent: " + firstLine(e) + "; see holdfast agent --help", e);
    }
    return call.hasMatchedOption("--help")
        ? Optional.empty()
        : Optional.of(AgentConfig.of(Settings.of(options(call), idle(call), environment)));
  }

  /// `--work_dir=a_b` is `--work-dir=a_b`.
  private static String dashed(String word) {
    if (!word.startsWith("--")) {
      return word;
    }
    int end = word.indexOf('=') < 0 ? word.length() : word.indexOf('=');
    return Flag.dashed(word.substring(0, end)) + word.substring(end);
  }

  public static void printHelp(PrintStream out) {
    commandLine().usage(out, Ansi.OFF);
  }

  private static Map<Flag, String> options(ParseResult call) {
    Map<Flag, String> options = new EnumMap<>(Flag.class);
    for (OptionSpec option : call.matchedOptions()) {
      String name = option.longestName();
      Optional<Flag> flag = Flag.of(name.substring(2));
      if (flag.isPresent()) {
        options.put(flag.get(), call.matchedOptionValue(name, ""));
      } else if (name.startsWith(NO)) {
        Flag.of(positive(name)).ifPresent(it -> options.put(it, "false"));
      }
    }
    return options;
  }

  /// Those of [IdleFlag], as they are written.
  private static List<String> idle(ParseResult call) {
    return call.matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(name -> IdleFlag.of(positive(name)).isPresent())
        .toList();
  }

  /// `strict` of `--strict` and `--no-strict`.
  private static String positive(String name) {
    return name.startsWith(NO) ? name.substring(NO.length()) : name.substring(2);
  }

  private static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create();
    spec.name("holdfast agent");
    spec.usageMessage()
        .description(
            "Run executors for many clients, until SIGTERM, which leaves them running.",
            "Each flag is also a variable, as HOLDFAST_WORK_DIR, and a key of --config FILE.")
        .footer(
            "",
            "The flags and variables of Mesos' slave work too: --work_dir, MESOS_WORK_DIR, 1weeks."
                + " Without a meaning here, so ignored with one notice: "
                + IdleFlag.allKeys()
                + ".")
        .sortOptions(false);
    for (Flag flag : Flag.values()) {
      if (flag.isSwitch()) {
        addSwitch(spec, flag.key(), flag.description());
      } else {
        spec.addOption(
            OptionSpec.builder(flag.option())
                .paramLabel(flag.label())
                .type(String.class)
                .description(flag.description())
                .build());
      }
    }
    for (IdleFlag flag : IdleFlag.values()) {
      if (flag.isSwitch()) {
        addSwitch(spec, flag.key());
      } else {
        spec.addOption(
            OptionSpec.builder("--" + flag.key()).type(String.class).hidden(true).build());
      }
    }
    spec.addOption(
        OptionSpec.builder("-h", "--help").description("Show this help and exit.").build());
    CommandLine commandLine = new CommandLine(spec);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExpandAtFiles(false);
    commandLine.setOverwrittenOptionsAllowed(true);
    return commandLine;
  }

  /// @param description none for one that the help does not list
  private static void addSwitch(CommandSpec spec, String key, String... description) {
    spec.addOption(
        OptionSpec.builder("--" + key)
            .arity("0..1")
            .paramLabel("true|false")
            .fallbackValue("true")
            .type(String.class)
            .description(description)
            .hidden(description.length == 0)
            .build());
    spec.addOption(OptionSpec.builder(NO + key).hidden(true).build());
  }

  private static String firstLine(CommandLine.ParameterException e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }
}
