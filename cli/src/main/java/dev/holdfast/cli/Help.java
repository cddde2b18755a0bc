package dev.holdfast.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What the verbs say of themselves.
final class Help {
  private Help() {}

  /// All verbs, in the order of the overview.
  static List<Verb> verbs() {
    return List.of(
        new RunVerb(),
        new AgentVerb(),
        new PsVerb(),
        new InspectVerb(),
        new StatsVerb(),
        new TopVerb(),
        new LogsVerb(),
        new EventsVerb(),
        new WaitVerb(),
        new ExplainVerb(),
        new UpdateVerb(),
        new PauseVerb(true),
        new PauseVerb(false),
        new KillVerb(),
        new StopVerb(),
        new RmVerb(),
        new PruneVerb(),
        new DoctorVerb(),
        new VersionVerb(),
        new CompletionVerb());
  }

  /// The parser of one verb's words.
  static CommandLine commandLine(Verb verb) {
    CommandSpec spec = verb.spec();
    spec.name("holdfast " + verb.name());
    spec.usageMessage().description(verb.summary());
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true) // needs none of what the verb needs
            .description("Show this help and exit.")
            .build());
    CommandLine commandLine = new CommandLine(spec);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExpandAtFiles(false); // an argument that begins with @ is an argument
    commandLine.setOverwrittenOptionsAllowed(true); // the last one counts, as with most tools
    return commandLine;
  }

  static void printOverview(PrintStream out) {
    out.println("Usage: holdfast VERB [OPTION]… [ARG]…");
    out.println();
    out.println("Runs commands in cgroups of their own, holds them to their limits, and says how");
    out.println("and why each one ended.");
    out.println();
    for (Verb verb : verbs()) {
      out.printf("  %-12s%s%n", verb.name(), verb.summary());
    }
    out.println();
    out.println("holdfast VERB --help tells more of each; holdfast --version tells the version.");
  }

  static void printVerb(Verb verb, PrintStream out) {
    commandLine(verb).usage(out, Ansi.OFF);
  }
}
