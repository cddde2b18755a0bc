package dev.holdfast.cli;

import dev.holdfast.api.ProcessInfo;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast top ID`: the processes of a run.
final class TopVerb implements Verb {
  @Override
  public String name() {
    return "top";
  }

  @Override
  public String summary() {
    return "List the processes of a run.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Only the pids.", "-q", "--quiet");
    CallOptions.addFormat(spec);
    CallOptions.addIds(spec, "1");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    List<ProcessInfo> processes = Surroundings.client().top(options.id());
    if (options.has("--quiet")) {
      processes.forEach(it -> streams.out().println(it.pid()));
    } else if (json) {
      streams.out().print(JsonText.format(processes));
    } else {
      Table table =
          new Table("PID", "PPID", "USER", "STATE", "THREADS", "CPU", "RSS", "STARTED", "COMMAND");
      for (ProcessInfo it : processes) {
        table.row(
            Integer.toString(it.pid()),
            Integer.toString(it.parent()),
            it.user(),
            it.state(),
            Long.toString(it.threads()),
            Durations.format(Duration.ofMillis(Math.round(it.cpuSeconds() * 1000))),
            RunText.bytes(it.residentBytes()),
            it.started(),
            it.command());
      }
      streams.out().print(table.format());
    }
    return 0;
  }
}
