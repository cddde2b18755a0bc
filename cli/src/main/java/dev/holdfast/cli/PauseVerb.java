package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast pause ID…` and `holdfast unpause ID…`.
///
/// @param pauses which of the two
record PauseVerb(boolean pauses) implements Verb {
  @Override
  public String name() {
    return pauses ? "pause" : "unpause";
  }

  @Override
  public String summary() {
    return pauses ? "Stop every process of runs until unpause." : "Let paused runs go on.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addIds(spec, "1..*");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    HoldfastClient client = Surroundings.client();
    return EachId.apply(
        new CallOptions(call).ids(),
        streams,
        id -> {
          if (pauses) {
            client.pause(id);
          } else {
            client.unpause(id);
          }
          streams.out().println(Streams.printable(id));
        });
  }
}
