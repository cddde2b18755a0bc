package dev.holdfast.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import dev.holdfast.api.Json;
import dev.holdfast.api.Stats;
import dev.holdfast.isolator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `holdfast stats [ID…]`: what runs use. On a terminal the table is drawn anew each second.
final class StatsVerb implements Verb {
  private static final long INTERVAL_MILLIS = 1000;

  @Override
  public String name() {
    return "stats";
  }

  @Override
  public String summary() {
    return "Show what runs use, live on a terminal.";
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    CallOptions.addFlag(spec, "Show it once.", "--no-stream");
    CallOptions.addFlag(spec, "Show the last 15 minutes.", "--history");
    CallOptions.addFlag(spec, "Only the ids.", "-q", "--quiet");
    CallOptions.addFormat(spec);
    CallOptions.addIds(spec, "0..*");
    return spec;
  }

  /// One run's part of the picture.
  private record Part<T>(ExecutorInfo run, T value) {}

  /// What is asked of each run.
  private interface Question<T> {
    T ask(String id);
  }

  /// The runs that answered, and whether all did.
  private record Picture<T>(List<Part<T>> parts, boolean complete) {
    int status() {
      return complete ? 0 : Verdict.OWN_ERROR_CODE;
    }
  }

  @Override
  public int run(ParseResult call, Streams streams) throws InterruptedException {
    CallOptions options = new CallOptions(call);
    boolean json = options.wantsJson();
    HoldfastClient client = Surroundings.client();
    if (options.has("--history")) {
      Picture<List<Stats>> history = look(client, options.ids(), client::history, streams);
      if (options.has("--quiet")) {
        printIds(history, streams);
      } else {
        streams.out().print(json ? historyJson(history) : historyText(history));
      }
      return history.status();
    }
    Picture<Stats> picture = look(client, options.ids(), client::stats, streams);
    if (options.has("--quiet")) {
      printIds(picture, streams);
    } else if (json) {
      streams.out().print(json(picture));
    } else if (options.has("--no-stream") || !isLive() || !picture.complete()) {
      streams.out().print(table(picture));
    } else {
      draw(client, options.ids(), picture, streams);
    }
    return picture.status();
  }

  private static void printIds(Picture<?> picture, Streams streams) {
    picture.parts().forEach(it -> streams.out().println(Streams.printable(it.run().id())));
  }

  private static boolean isLive() {
    return StandardStreams.isTerminal(StandardStreams.STDOUT)
        && !"dumb".equals(System.getenv("TERM"));
  }

  private static void draw(
      HoldfastClient client, List<String> ids, Picture<Stats> first, Streams streams)
      throws InterruptedException {
    Picture<Stats> picture = first;
    streams.out().print("\033[2J");
    while (!streams.out().checkError()) {
      // Over what is there, then the rest of each line and of the screen: no flicker.
      streams.out().print("\033[H" + table(picture).replace("\n", "\033[K\n") + "\033[J");
      streams.out().flush();
      Thread.sleep(INTERVAL_MILLIS);
      picture = look(client, ids, client::stats, streams);
    }
  }

  /// Asks for the runs that were named, or all that there are.
  private static <T> Picture<T> look(
      HoldfastClient client, List<String> ids, Question<T> question, Streams streams)
      throws InterruptedException {
    List<Part<T>> parts = new ArrayList<>();
    if (ids.isEmpty()) {
      for (ExecutorInfo run : client.list(false, Optional.empty())) {
        answer(run, question).ifPresent(parts::add);
      }
      return new Picture<>(parts, true);
    }
    int status =
        EachId.apply(
            ids,
            streams,
            id -> {
              ExecutorInfo run = client.inspect(id);
              parts.add(new Part<>(run, question.ask(run.id())));
            });
    return new Picture<>(parts, status == 0);
  }

  private static <T> Optional<Part<T>> answer(ExecutorInfo run, Question<T> question) {
    try {
      return Optional.of(new Part<>(run, question.ask(run.id())));
    } catch (HoldfastException e) {
      if (e.status() == 404 || e.status() == 409) {
        return Optional.empty(); // it has ended since it was listed
      }
      throw e;
    }
  }

  private static String json(Picture<Stats> picture) {
    JsonArray array = new JsonArray();
    for (Part<Stats> part : picture.parts()) {
      JsonObject object = identity(part.run());
      Json.object(part.value()).entrySet().forEach(it -> object.add(it.getKey(), it.getValue()));
      array.add(object);
    }
    return JsonText.format(array);
  }

  private static String historyJson(Picture<List<Stats>> picture) {
    JsonArray array = new JsonArray();
    for (Part<List<Stats>> part : picture.parts()) {
      JsonObject object = identity(part.run());
      JsonArray history = new JsonArray();
      for (JsonElement reading : part.value().stream().map(Json::object).toList()) {
        history.add(reading);
      }
      object.add("history", history);
      array.add(object);
    }
    return JsonText.format(array);
  }

  private static JsonObject identity(ExecutorInfo run) {
    JsonObject object = new JsonObject();
    object.addProperty("run", run.id());
    object.addProperty("framework", run.framework());
    object.addProperty("executor", run.name());
    return object;
  }

  private static String table(Picture<Stats> picture) {
    StatsText text = new StatsText();
    picture.parts().forEach(part -> text.add(part.run(), part.value()));
    return text.format();
  }

  private static String historyText(Picture<List<Stats>> picture) {
    StringBuilder text = new StringBuilder();
    for (Part<List<Stats>> part : picture.parts()) {
      text.append(StatsText.history(part.run(), part.value()));
    }
    return text.toString();
  }
}
