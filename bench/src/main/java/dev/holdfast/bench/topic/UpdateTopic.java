package dev.holdfast.bench.topic;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Contender;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Peers;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Two limits of a live run get other values, and back.
public final class UpdateTopic {
  private static final String FLOOR = "C floor, the writes alone";
  private static final String API = "agent, API";

  /// What the writes are for each layout: file, value, other value.
  private static final List<List<String>> WRITES =
      List.of(
          List.of("cpu.cfs_quota_us", "50000", "60000"),
          List.of("memory.limit_in_bytes", "67108864", "56623104"),
          List.of("cpu.max", "50000 100000", "60000 100000"),
          List.of("memory.max", "67108864", "56623104"));

  private UpdateTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    Run run = here.launch(Here.limits(100), bench.victim(), "crowd", "1");
    Run ground = here.launch(Here.limits(100), bench.victim(), "crowd", "1");
    Helper floor = bench.helper("update", writes(ground));
    Agent agent = Agent.start(bench);
    String id = agent.launch(100, bench.victim(), "crowd", "1").id();
    HoldfastClient client = agent.client();
    Limits one = Here.limits(100);
    Limits two = Here.limits(100, 600, 54);
    AtomicBoolean turn = new AtomicBoolean();
    Topic topic =
        new Topic("live update of two limits", "µs")
            .warmUps(bench.choose(300, 100))
            .contender(FLOOR, floor::once)
            .contender("in process", Contender.timed(() -> run.update(turn.get() ? one : two)))
            .contender("agent, API, nothing to do", Contender.timed(client::isHealthy))
            .contender(
                API,
                Contender.timed(
                    () -> client.update(id, limits(turn.getAndSet(!turn.get())), false)));
    if (Bench.has("crun")) {
      addCrun(bench, topic);
    }
    topic.goal(API, 3, FLOOR);
    TopicResult result = topic.run(bench.patience(15));
    here.end(List.of(run, ground));
    return List.of(result);
  }

  private static void addCrun(Bench bench, Topic topic) throws Exception {
    Peers peers = new Peers(bench);
    String bundle = peers.bundle("crun-update", "/bin/victim", "crowd", "1");
    Helper start = bench.spawnOnPlainV1(peers.crun("run", "-d", "-b", bundle, "hf-update"));
    if (!Peers.isAble("crun run", start)) {
      return;
    }
    bench.keep(() -> bench.spawnOnPlainV1(peers.crun("delete", "-f", "hf-update")).once());
    Helper update =
        bench.spawnOnPlainV1(
            peers.crun("update", "--cpu-quota", "60000", "--memory", "56623104", "hf-update"));
    if (Peers.isAble("crun update", update)) {
      topic.contender("crun update", 20, update::once).goal(API, 1.0 / 5, "crun update");
    }
  }

  private static ResourceLimits limits(boolean first) {
    return first ? Agent.limits(0.5, 64, 100) : Agent.limits(0.6, 54, 100);
  }

  private static List<String> writes(Run run) {
    List<String> words = new ArrayList<>();
    for (List<String> write : WRITES) {
      for (Path directory : run.cgroupDirectories()) {
        Path file = directory.resolve(write.getFirst());
        if (Files.exists(file)) {
          words.add(file.toString());
          words.addAll(write.subList(1, write.size()));
        }
      }
    }
    return words;
  }
}
