package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast prune`: removes every run that has ended.
final class PruneVerb implements Verb {
  @Override
  public String name() {
    return "prune";
  }

  @Override
  public String summary() {
    return "Remove all runs that have ended, with their sandboxes.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(spec, "NAME", "Only those of this framework.", "--framework");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    HoldfastClient client = Surroundings.client();
    List<String> ended = new ArrayList<>();
    for (ExecutorInfo run : client.list(true, options.text("--framework"))) {
      if (RunText.isFinished(run)) {
        ended.add(run.id());
      }
    }
    return EachId.apply(
        ended,
        streams,
        id -> {
          if (remove(client, id)) {
            streams.out().println(Streams.printable(id));
          }
        });
  }

  private static boolean remove(HoldfastClient client, String id) {
    try {
      client.remove(id);
      return true;
    } catch (HoldfastException e) {
      if (e.status() == 404) {
        return false; // somebody else was faster
      }
      throw e;
    }
  }
}
