package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.KillReceipt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast kill ID…`: ends runs at once, or passes a signal on.
final class KillVerb implements Verb {
  private static final int MOST_NAMED = 5;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String summary() {
    return "End every process of runs at once, or signal them.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.add(
        spec,
        "SIGNAL",
        "KILL, the default, ends everything; another goes to the first process and its group.",
        "-s",
        "--signal");
    CallOptions.add(
        spec, "table|json", "An id each (table, the default) or the receipts.", "--format");
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
          KillReceipt receipt = client.kill(id, options.text("--signal"));
          if (json) {
            streams.out().print(JsonText.format(receipt));
          } else {
            streams.out().println(Streams.printable(id));
            tell(id, receipt, streams);
          }
        });
  }

  private static void tell(String id, KillReceipt receipt, Streams streams) {
    int count = Optional.ofNullable(receipt.count()).orElse(0);
    if (count == 0) {
      return;
    }
    StringBuilder text = new StringBuilder("killed ").append(count);
    text.append(count == 1 ? " process of " : " processes of ").append(id);
    if (receipt.seconds() != null) {
      text.append(" in ")
          .append(Durations.format(Duration.ofMillis(Math.round(receipt.seconds() * 1000))));
    }
    if (receipt.mechanism() != null) {
      text.append(" (").append(receipt.mechanism()).append(')');
    }
    List<KillReceipt.Victim> victims = Optional.ofNullable(receipt.processes()).orElse(List.of());
    for (int i = 0; i < Math.min(victims.size(), MOST_NAMED); i++) {
      text.append(i == 0 ? ": " : ", ").append(victims.get(i).name());
      text.append(" (").append(victims.get(i).pid()).append(')');
    }
    int rest = count - Math.min(victims.size(), MOST_NAMED);
    streams.message(text + (rest > 0 && !victims.isEmpty() ? " and " + rest + " more" : ""));
  }
}
