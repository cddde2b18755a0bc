package dev.holdfast.cli;

import dev.holdfast.api.Event;
import dev.holdfast.api.EventStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast events`: what happened on the node. Followed, each event is a line of its own, since
/// no width fits those that are still to come.
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
    CallOptions.addFlag(spec, "Only the ids of the runs, each once.", "-q", "--quiet");
    CallOptions.add(spec, "ID", "Only those after the event with this number.", "--after");
    CallOptions.add(
        spec,
        "table|json",
        "How to print it; table by default. With --follow json is an object a line.",
        "--format");
    return spec;
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    boolean follow = options.has("--follow");
    OptionalLong after =
        options
            .value("--after", RunOptions::count)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    try (EventStream events = Surroundings.client().events(follow, after)) {
      if (options.has("--quiet")) {
        Set<String> told = new HashSet<>();
        print(events, event -> runOnce(event, told), streams);
      } else if (follow) {
        print(events, json ? JsonText::formatLine : event -> line(event) + "\n", streams);
      } else {
        List<Event> all = all(events);
        streams.out().print(json ? JsonText.format(all) : table(all).format());
      }
    }
    return 0;
  }

  private static void print(EventStream events, Function<Event, String> text, Streams streams)
      throws InterruptedException {
    Optional<Event> event = events.next();
    while (event.isPresent() && !streams.out().checkError()) {
      streams.out().print(text.apply(event.get()));
      streams.out().flush();
      event = events.next();
    }
  }

  private static List<Event> all(EventStream events) throws InterruptedException {
    List<Event> all = new ArrayList<>();
    Optional<Event> event = events.next();
    while (event.isPresent()) {
      all.add(event.get());
      event = events.next();
    }
    return all;
  }

  private static String runOnce(Event event, Set<String> told) {
    String run = event.run();
    return run != null && told.add(run) ? Streams.printable(run) + "\n" : "";
  }

  private static Table table(List<Event> events) {
    Table table = new Table("TIME", "EVENT", "RUN", "NAME", "MESSAGE");
    for (Event event : events) {
      table.row(
          event.time(),
          event.type(),
          event.run() == null ? "-" : RunText.shortId(event.run()),
          name(event).orElse("-"),
          event.message());
    }
    return table;
  }

  private static Optional<String> name(Event event) {
    return Optional.ofNullable(event.executor())
        .map(it -> (event.framework() == null ? "" : event.framework() + "/") + it);
  }

  /// As `2026-01-02T03:04:05Z ended default/web (0b1c2d3e-4f5) exited with 0`.
  static String line(Event event) {
    StringBuilder line = new StringBuilder(event.time()).append("  ").append(event.type());
    name(event).ifPresent(name -> line.append("  ").append(name));
    if (event.run() != null) {
      line.append(event.executor() == null ? "  (" : " (");
      line.append(RunText.shortId(event.run())).append(')');
    }
    return Streams.printable(line.append("  ").append(event.message()).toString());
  }
}
