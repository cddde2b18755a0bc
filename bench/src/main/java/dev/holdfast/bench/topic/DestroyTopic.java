package dev.holdfast.bench.topic;

import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Peers;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// From the kill to the removal of the cgroup.
public final class DestroyTopic {
  private static final String HERE = "in process";
  private static final String BOMB = "bomb";
  private static final Path FREEZER = Path.of("/sys/fs/cgroup/freezer");
  private static final int BOMB_SIZE = 2000;

  /// A thousand processes take 90 MiB of the kernel's memory.
  private static final Limits ROOMY =
      Here.limits(BOMB_SIZE, Math.min(Runtime.getRuntime().availableProcessors(), 2) * 1000L, 1024);

  private DestroyTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    List<String> parents = here.parents();
    List<TopicResult> results = new ArrayList<>();
    for (String victims : List.of("1", "100", "1000", BOMB)) {
      results.add(measure(bench, here, parents, victims));
    }
    return results;
  }

  private static TopicResult measure(Bench bench, Here here, List<String> parents, String victims)
      throws Exception {
    boolean bomb = victims.equals(BOMB);
    Topic topic =
        new Topic(
                "end of "
                    + (bomb
                        ? "a fork bomb of " + BOMB_SIZE
                        : victims + (victims.equals("1") ? " process" : " processes")),
                "ms")
            .warmUps(bomb ? 0 : 1);
    for (String how : List.of("kill", "freezer", "loop")) {
      boolean freezer = how.equals("freezer");
      if (freezer && !Files.isDirectory(FREEZER)) {
        continue;
      }
      List<String> in = new ArrayList<>(parents);
      if (freezer && !in.contains(FREEZER.toString())) {
        in.addFirst(FREEZER.toString());
      }
      List<String> arguments = new ArrayList<>(List.of(how, victims));
      in.forEach(it -> arguments.add(it + "/holdfast-bench-" + how + "-" + victims));
      Helper floor = bench.helper("destroy", arguments);
      topic.contender("C floor, " + how, () -> floor.once() / 1e3);
    }
    topic.contender(HERE, () -> destroy(bench, here, victims));
    addPeer(bench, topic, "crun", victims);
    addPeer(bench, topic, "runc", victims);
    topic.goal(HERE, 1.2, "C floor, kill");
    if (victims.equals("1")) {
      topic.goal(HERE, 1.0 / 5, "crun delete");
    } else if (bomb) {
      topic.goal(HERE, 1.0 / 20, "runc delete");
    }
    return topic.run(bench.patience(bomb ? 20 : 6));
  }

  private static void addPeer(Bench bench, Topic topic, String program, String victims)
      throws Exception {
    if (!Bench.has(program) || (bench.isQuick() && victims.equals(BOMB))) {
      return;
    }
    Peers peers = new Peers(bench);
    String id = "hf-destroy-" + program + "-" + victims;
    String bundle =
        victims.equals(BOMB)
            ? peers.bundle(id, "/bin/victim", "bomb")
            : peers.bundle(id, "/bin/victim", "crowd", victims);
    String[] run = {"run", "-d", "-b", bundle, id};
    String[] delete = {"delete", "-f", id};
    boolean crun = program.equals("crun");
    Helper start = crun ? bench.spawnOnPlainV1(peers.crun(run)) : bench.spawn(peers.runc(run));
    Helper end = crun ? bench.spawnOnPlainV1(peers.crun(delete)) : bench.spawn(peers.runc(delete));
    if (!Peers.isAble(program + " run", start) || !Peers.isAble(program + " delete", end)) {
      return;
    }
    topic.contender(
        program + " delete",
        victims.equals(BOMB) ? 10 : 4,
        () -> {
          start.once();
          awaitCount(peers.pidsFile(id), count(victims));
          return end.once() / 1e3;
        });
  }

  private static int count(String victims) {
    return victims.equals(BOMB) ? BOMB_SIZE : Integer.parseInt(victims);
  }

  private static double destroy(Bench bench, Here here, String victims) throws Exception {
    Run run =
        victims.equals(BOMB)
            ? here.launch(ROOMY, bench.victim(), "bomb")
            : here.launch(ROOMY, bench.victim(), "crowd", victims);
    awaitCount(pidsFile(run), count(victims));
    long begin = System.nanoTime();
    run.stop("bench", Duration.ZERO);
    run.await();
    double took = (System.nanoTime() - begin) / 1e6;
    here.forget(run);
    return took;
  }

  private static Path pidsFile(Run run) {
    return run.cgroupDirectories().stream()
        .map(it -> it.resolve("pids.current"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitCount(Path file, int count) throws Exception {
    while (Integer.parseInt(Files.readString(file).strip()) < count) {
      Thread.sleep(1);
    }
  }
}
