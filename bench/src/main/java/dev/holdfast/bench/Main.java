package dev.holdfast.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.holdfast.bench.topic.CliTopic;
import dev.holdfast.bench.topic.DestroyTopic;
import dev.holdfast.bench.topic.FootprintTopic;
import dev.holdfast.bench.topic.GrowthTopic;
import dev.holdfast.bench.topic.LaunchTopic;
import dev.holdfast.bench.topic.OomTopic;
import dev.holdfast.bench.topic.RateTopic;
import dev.holdfast.bench.topic.RecoveryTopic;
import dev.holdfast.bench.topic.SampleTopic;
import dev.holdfast.bench.topic.UpdateTopic;
import dev.holdfast.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Measures all topics, or those named, prints them and writes them down. `bench/run` calls it.
final class Main {
  private static final long OPEN_FILES = 20_000;

  /// What is to be ended when this process is asked to end.
  private static volatile @Nullable Bench current;

  private Main() {}

  /// Measures something.
  private interface Subject {
    List<TopicResult> measure(Bench bench) throws Exception;
  }

  private static final Map<String, Subject> SUBJECTS = subjects();

  private static Map<String, Subject> subjects() {
    Map<String, Subject> all = new LinkedHashMap<>();
    all.put("launch", LaunchTopic::measure);
    all.put("rate", RateTopic::measure);
    all.put("update", UpdateTopic::measure);
    all.put("sample", SampleTopic::measure);
    all.put("destroy", DestroyTopic::measure);
    all.put("oom", OomTopic::measure);
    all.put("footprint", FootprintTopic::measure);
    all.put("recovery", RecoveryTopic::measure);
    all.put("cli", CliTopic::measure);
    all.put("growth", GrowthTopic::measure);
    return all;
  }

  /// @param words the checkout, the work directory, the file for the figures, `full` or `quick`,
  ///   and the topics, all when none is named
  public static void main(String[] words) throws Exception {
    Path checkout = Path.of(words[0]);
    Path work = Path.of(words[1]);
    Path json = Path.of(words[2]);
    boolean quick = words[3].equals("quick");
    List<String> asked = List.of(words).subList(4, words.length);
    for (String topic : asked) {
      if (!SUBJECTS.containsKey(topic)) {
        System.err.println(
            "bench: no topic '" + topic + "'; there are " + String.join(", ", SUBJECTS.keySet()));
        System.exit(2);
      }
    }
    // A thousand samplers keep fifteen files open each.
    Host.allowOpenFiles(OPEN_FILES);
    Runtime.getRuntime().addShutdownHook(new Thread(Main::endAll, "end"));
    JsonArray found = new JsonArray();
    boolean noisy = false;
    for (Map.Entry<String, Subject> subject : SUBJECTS.entrySet()) {
      if (!asked.isEmpty() && !asked.contains(subject.getKey())) {
        continue;
      }
      try (Bench bench = new Bench(checkout, work, quick)) {
        current = bench;
        for (TopicResult result : subject.getValue().measure(bench)) {
          result.print(System.out);
          found.add(result.json());
          noisy |= result.isNoisy();
        }
      }
    }
    current = null;
    JsonObject all = new JsonObject();
    all.addProperty("quick", quick);
    all.addProperty("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    all.addProperty("cpus", Runtime.getRuntime().availableProcessors());
    all.add("topics", found);
    Files.writeString(json, new GsonBuilder().setPrettyPrinting().create().toJson(all) + "\n");
    System.out.println("\nwritten to " + json);
    if (noisy) {
      System.out.println("NOISY: others used the machine; run it again when it is quiet.");
    }
    Runtime.getRuntime().halt(0);
  }

  private static void endAll() {
    Bench bench = current;
    if (bench != null) {
      try {
        bench.close();
      } catch (IOException e) {
        System.err.println("bench: cannot clean up: " + e.getMessage());
      }
    }
  }
}
