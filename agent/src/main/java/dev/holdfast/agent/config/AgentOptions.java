package dev.holdfast.agent.config;

import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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
      call = commandLine().parseArgs(words);
    } catch (CommandLine.ParameterException e) {
      throw new ConfigException("agent: " + firstLine(e) + "; see holdfast agent --help", e);
    }
    return call.hasMatchedOption("--help")
        ? Optional.empty()
        : Optional.of(AgentConfig.of(options(call), environment));
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
        Flag.of(name.substring(NO.length())).ifPresent(it -> options.put(it, "false"));
      }
    }
    return options;
  }

  private static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create();
    spec.name("holdfast agent");
    spec.usageMessage()
        .description(
            "Run executors for many clients, until SIGTERM, which leaves them running.",
            "Each flag is also a variable, as HOLDFAST_WORK_DIR, and a key of --config FILE.")
        .sortOptions(false);
    for (Flag flag : Flag.values()) {
      if (flag.isSwitch()) {
        addSwitch(spec, flag);
      } else {
        spec.addOption(
            OptionSpec.builder(flag.option())
                .paramLabel(flag.label())
                .type(String.class)
                .description(flag.description())
                .build());
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

  private static void addSwitch(CommandSpec spec, Flag flag) {
    spec.addOption(
        OptionSpec.builder(flag.option())
            .arity("0..1")
            .paramLabel("true|false")
            .fallbackValue("true")
            .type(String.class)
            .description(flag.description())
            .build());
    spec.addOption(OptionSpec.builder(NO + flag.key()).hidden(true).build());
  }

  private static String firstLine(CommandLine.ParameterException e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }
}
