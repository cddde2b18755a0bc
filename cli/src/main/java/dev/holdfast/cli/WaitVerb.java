package dev.holdfast.cli;

import com.google.gson.JsonObject;
import dev.holdfast.api.HoldfastClient;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast wait ID…`: waits for runs to end, and prints their exit codes.
final class WaitVerb implements Verb {
  @Override
  public String name() {
    return "wait";
  }

  @Override
  public String summary() {
    return "Wait until runs have ended, and print their exit codes.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(
        spec, "table|json", "An exit code each (table, the default) or the outcome.", "--format");
    CallOptions.addIds(spec, "1..*");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    HoldfastClient client = Surroundings.client();
    return EachId.apply(
        options.ids(),
        streams,
        id -> {
          JsonObject outcome = client.await(id);
          if (json) {
            streams.out().print(JsonText.format(outcome));
          } else {
            streams.out().println(outcome.get("exit_code").getAsInt());
          }
        });
  }
}
