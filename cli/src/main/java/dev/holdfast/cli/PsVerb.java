package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast ps`: the agent's runs.
final class PsVerb implements Verb {
  @Override
  public String name() {
    return "ps";
  }

  @Override
  public String summary() {
    return "List the agent's runs.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Those that have ended, too.", "-a", "--all");
    CallOptions.addFlag(spec, "Only the ids.", "-q", "--quiet");
    CallOptions.add(spec, "NAME", "Only those of this framework.", "--framework");
    CallOptions.addFormat(spec);
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    List<ExecutorInfo> runs =
        Surroundings.client().list(options.has("--all"), options.text("--framework"));
    if (options.has("--quiet")) {
      runs.forEach(run -> streams.out().println(Streams.printable(run.id())));
    } else if (json) {
      streams.out().print(JsonText.format(runs));
    } else {
      streams.out().print(table(runs).format());
    }
    return 0;
  }

  private static Table table(List<ExecutorInfo> runs) {
    Instant now = Instant.now();
    Table table = new Table("RUN", "NAME", "COMMAND", "USER", "CREATED", "STATUS");
    for (ExecutorInfo run : runs) {
      Optional<String> age = RunText.since(run.created(), now);
      table.row(
          RunText.shortId(run.id()),
          RunText.name(run),
          RunText.command(run.command()),
          run.user(),
          age.map(it -> it + " ago").orElse("-"),
          RunText.status(run, now));
    }
    return table;
  }
}
