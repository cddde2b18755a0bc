package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.isolator.DurationText;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast stop ID…`: asks runs to end, and kills what is left.
final class StopVerb implements Verb {
  @Override
  public String name() {
    return "stop";
  }

  @Override
  public String summary() {
    return "Ask runs to end, and kill what is left after a while.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(
        spec,
        "D",
        "Time between the request (SIGTERM) and the kill; the run's own by default.",
        "-t",
        "--timeout");
    CallOptions.addIds(spec, "1..*");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    Optional<Duration> timeout = options.value("--timeout", DurationText::parse);
    HoldfastClient client = Surroundings.client();
    return EachId.apply(
        options.ids(),
        streams,
        id -> {
          client.stop(id, timeout);
          streams.out().println(Streams.printable(id));
        });
  }
}
