package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast inspect ID…`: all that is known of runs.
final class InspectVerb implements Verb {
  @Override
  public String name() {
    return "inspect";
  }

  @Override
  public String summary() {
    return "Show all that is known of runs, as a JSON array.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(spec, "json", "How to print it; there is but JSON.", "--format");
    CallOptions.addIds(spec, "1..*");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    if (!options.text("--format").orElse("json").equals("json")) {
      throw new UsageException("inspect: --format is json or nothing");
    }
    HoldfastClient client = Surroundings.client();
    List<ExecutorInfo> runs = new ArrayList<>();
    int status = EachId.apply(options.ids(), streams, id -> runs.add(client.inspect(id)));
    streams.out().print(JsonText.format(runs));
    return status;
  }
}
