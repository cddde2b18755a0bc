package dev.holdfast.agent.metrics;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import dev.holdfast.agent.checkpoint.AtomicFile;
import dev.holdfast.isolator.RunId;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the counters over a restart of the agent, so that they do not go backwards:
/// `counters.json` in the runtime directory. Thread-safe.
///
/// Written after a change, else every tenth time: what a killed agent counted in its last seconds
/// is lost. A file that cannot be read counts for nothing.
final class CounterFile {
  private static final Logger LOG = LoggerFactory.getLogger(CounterFile.class);
  private static final int UNCHANGED_TICKS = 10;

  private final Path path;
  private boolean changed;
  private int ticks;
  private boolean failing;

  CounterFile(Path path) {
    this.path = path;
  }

  synchronized void markChanged() {
    changed = true;
  }

  synchronized void saveIfDue(List<Counter> counters, Totals totals) {
    ticks++;
    if (changed || ticks >= UNCHANGED_TICKS) {
      save(counters, totals);
    }
  }

  synchronized void save(List<Counter> counters, Totals totals) {
    changed = false;
    ticks = 0;
    try {
      StringWriter text = new StringWriter();
      try (JsonWriter json = new JsonWriter(text)) {
        write(json, counters, totals);
      }
      AtomicFile.write(path, text.toString());
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.warn("could not write the counters to {}, retrying: {}", path, e.toString());
      }
      failing = true;
    }
  }

  private static void write(JsonWriter json, List<Counter> counters, Totals totals)
      throws IOException {
    json.beginObject();
    json.name("counters").beginArray();
    for (Counter counter : counters) {
      CounterSnapshot snapshot = counter.collect();
      for (CounterSnapshot.CounterDataPointSnapshot point : snapshot.getDataPoints()) {
        json.beginObject();
        json.name("name").value(snapshot.getMetadata().getName());
        json.name("labels").beginArray();
        Labels labels = point.getLabels();
        for (int i = 0; i < labels.size(); i++) {
          json.value(labels.getValue(i));
        }
        json.endArray();
        json.name("value").value(point.getValue());
        json.endObject();
      }
    }
    json.endArray();
    json.name("frameworks").beginObject();
    for (Map.Entry<String, Totals.Amounts> framework : totals.byFramework().entrySet()) {
      writeAmounts(json.name(framework.getKey()), framework.getValue());
    }
    json.endObject();
    json.name("runs").beginObject();
    for (Map.Entry<RunId, Totals.Amounts> run : totals.byRun().entrySet()) {
      writeAmounts(json.name(run.getKey().toString()), run.getValue());
    }
    json.endObject();
    json.endObject();
  }

  private static void writeAmounts(JsonWriter json, Totals.Amounts amounts) throws IOException {
    json.beginArray();
    json.value(amounts.cpu()).value(amounts.throttled()).value(amounts.oomKills());
    json.endArray();
  }

  /// Adds what the file says.
  synchronized void restore(List<Counter> counters, Totals totals) {
    if (!Files.exists(path)) {
      return;
    }
    try {
      JsonObject root = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
      Map<String, Totals.Amounts> frameworks = new HashMap<>();
      root.getAsJsonObject("frameworks")
          .asMap()
          .forEach((name, amounts) -> frameworks.put(name, amounts(amounts)));
      Map<RunId, Totals.Amounts> runs = new HashMap<>();
      root.getAsJsonObject("runs")
          .asMap()
          .forEach((id, amounts) -> runs.put(RunId.parse(id), amounts(amounts)));
      Map<Counter, Map<List<String>, Double>> values = new HashMap<>();
      for (JsonElement point : root.getAsJsonArray("counters")) {
        readPoint(counters, point.getAsJsonObject(), values);
      }
      // All was understood: a file that is half read would count some things and not others.
      totals.restore(frameworks, runs);
      values.forEach((counter, points) ->
          points.forEach(
              (labels, value) -> counter.labelValues(labels.toArray(String[]::new)).inc(value)));
    } catch (IOException | RuntimeException e) {
      LOG.warn("could not read the counters in {}, beginning at 0: {}", path, e.toString());
    }
  }

  private static void readPoint(
      List<Counter> counters, JsonObject point, Map<Counter, Map<List<String>, Double>> values) {
    String name = point.get("name").getAsString();
    List<String> labels =
        point.getAsJsonArray("labels").asList().stream().map(JsonElement::getAsString).toList();
    double value = point.get("value").getAsDouble();
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value);
    }
    for (Counter counter : counters) {
      if (counter.collect().getMetadata().getName().equals(name)) {
        values.computeIfAbsent(counter, _ -> new HashMap<>()).put(labels, value);
      }
    }
  }

  private static Totals.Amounts amounts(JsonElement element) {
    JsonArray numbers = element.getAsJsonArray();
    return new Totals.Amounts(
        numbers.get(0).getAsLong(), numbers.get(1).getAsLong(), numbers.get(2).getAsLong());
  }
}
