package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast rm ID…`: removes runs that have ended, with their sandboxes.
final class RmVerb implements Verb {
  @Override
  public String name() {
    return "rm";
  }

  @Override
  public String summary() {
    return "Remove runs that have ended, with their sandboxes.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Kill first what still runs.", "-f", "--force");
    CallOptions.addIds(spec, "1..*");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    boolean force = options.has("--force");
    HoldfastClient client = Surroundings.client();
    return EachId.apply(
        options.ids(),
        streams,
        id -> {
          if (force) {
            kill(client, id);
          }
          client.remove(id);
          streams.out().println(Streams.printable(id));
        });
  }

  private static void kill(HoldfastClient client, String id) throws InterruptedException {
    try {
      client.kill(id, Optional.empty());
      client.await(id); // the receipt tells that all is gone, not that the outcome is kept
    } catch (HoldfastException e) {
      if (e.status() != 409) { // else it has ended already
        throw e;
      }
    }
  }
}
