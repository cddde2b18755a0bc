package dev.holdfast.cli;

import dev.holdfast.api.Event;
import dev.holdfast.api.EventStream;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast events`: what happened on the node, a line each.
final class EventsVerb implements Verb {
  @Override
  public String name() {
    return "events";
  }

  @Override
  public String summary() {
    return "Show what happened on the node.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Wait for more until interrupted.", "-f", "--follow");
    CallOptions.add(spec, "ID", "Only those after the event with this number.", "--after");
    CallOptions.add(
        spec, "table|json", "A line of text each (table, the default) or of JSON.", "--format");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    OptionalLong after =
        options
            .value("--after", RunOptions::count)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    try (EventStream events = Surroundings.client().events(options.has("--follow"), after)) {
      Optional<Event> event = events.next();
      while (event.isPresent() && !streams.out().checkError()) {
        streams.out().print(json ? JsonText.formatLine(event.get()) : line(event.get()) + "\n");
        streams.out().flush();
        event = events.next();
      }
    }
    return 0;
  }

  /// As `2026-01-02T03:04:05Z ended default/web (0b1c2d3e-4f5) exited with 0`.
  static String line(Event event) {
    StringBuilder line = new StringBuilder(event.time()).append("  ").append(event.type());
    if (event.executor() != null) {
      line.append("  ");
      line.append(event.framework() == null ? "" : event.framework() + "/");
      line.append(event.executor());
    }
    if (event.run() != null) {
      line.append(event.executor() == null ? "  (" : " (");
      line.append(RunText.shortId(event.run())).append(')');
    }
    return Streams.printable(line.append("  ").append(event.message()).toString());
  }
}
