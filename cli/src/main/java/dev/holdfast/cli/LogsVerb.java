package dev.holdfast.cli;

import dev.holdfast.api.HoldfastClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast logs ID`: what a run wrote, its stdout to ours and its stderr to ours.
final class LogsVerb implements Verb {
  @Override
  public String name() {
    return "logs";
  }

  @Override
  public String summary() {
    return "Show what a run wrote.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Wait for more until the run ends.", "-f", "--follow");
    CallOptions.add(spec, "N", "Only the last lines of each.", "-n", "--tail");
    CallOptions.addFlag(spec, "Only its stdout.", "--stdout");
    CallOptions.addFlag(spec, "Only its stderr.", "--stderr");
    CallOptions.addIds(spec, "1");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    OptionalLong tail = options.value("--tail", LogsVerb::lines).orElse(OptionalLong.empty());
    boolean follow = options.has("--follow");
    boolean both = options.has("--stdout") == options.has("--stderr");
    HoldfastClient client = Surroundings.client();
    List<LogCopy> copies = new ArrayList<>();
    for (String stream : List.of("stdout", "stderr")) {
      if (both || options.has("--" + stream)) {
        LogCopy copy = LogCopy.start(client, options.id(), stream, follow, tail, streams);
        copies.add(copy);
        if (!follow) {
          copy.join();
        }
      }
    }
    for (LogCopy copy : copies) {
      copy.join();
    }
    return 0;
  }

  private static OptionalLong lines(String text) {
    if (text.equals("all")) {
      return OptionalLong.empty();
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("'" + text + "' is not a number of lines");
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
