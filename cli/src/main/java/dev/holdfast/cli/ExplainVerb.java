package dev.holdfast.cli;

import dev.holdfast.api.Explanation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast explain ID`: why a run is in the state that it is in.
final class ExplainVerb implements Verb {
  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String summary() {
    return "Tell why a run is in the state that it is in.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(spec, "text|json", "How to print it; text by default.", "--format");
    CallOptions.addIds(spec, "1");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) {
    CallOptions options = new CallOptions(call);
    String format = options.text("--format").orElse("text");
    if (!format.equals("text") && !format.equals("table") && !format.equals("json")) {
      throw new UsageException("--format: '" + format + "' is not text or json");
    }
    Explanation explanation = Surroundings.client().explain(options.id());
    if (format.equals("json")) {
      streams.out().print(JsonText.format(explanation));
      return 0;
    }
    streams.out().println(Streams.printable(explanation.summary()));
    for (String detail : explanation.details()) {
      streams.out().println("  " + Streams.printable(detail));
    }
    if (!explanation.events().isEmpty()) {
      streams.out().println("What happened:");
      explanation.events().forEach(it -> streams.out().println("  " + EventsVerb.line(it)));
    }
    return 0;
  }
}
