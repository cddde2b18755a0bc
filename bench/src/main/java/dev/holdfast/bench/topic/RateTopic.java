package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How many launches to exit a second several clients get at once.
public final class RateTopic {
  private static final int MOST_CLIENTS = 8;

  private RateTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    Helper floor = bench.helper("launch", here.parents());
    Agent agent = Agent.start(bench);
    double seconds = bench.isQuick() ? 0.5 : 2;
    Topic topic = new Topic("milliseconds for each of so many launches at once", "ms").warmUps(1);
    for (int clients : new int[] {1, 2, MOST_CLIENTS}) {
      String name = clients + (clients == 1 ? " client" : " clients");
      topic.contender("C floor, " + name, () -> floor.ask(clients + " " + seconds) / 1e3);
      topic.contender("agent, " + name, () -> launches(agent, clients, seconds));
    }
    // At least 0.6 times as many.
    topic.goal("agent, 8 clients", 1 / 0.6, "C floor, 8 clients");
    return List.of(topic.run(bench.patience(25)));
  }

  /// Milliseconds for each.
  private static double launches(Agent agent, int clients, double seconds) throws Exception {
    long begin = System.nanoTime();
    long deadline = begin + Math.round(seconds * 1e9);
    long count = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        tasks.add(() -> launchUntil(agent, deadline));
      }
      for (Future<Long> each : pool.invokeAll(tasks)) {
        count += each.get();
      }
    }
    return (System.nanoTime() - begin) / 1e6 / count;
  }

  private static long launchUntil(Agent agent, long deadline) throws Exception {
    long count = 0;
    while (System.nanoTime() < deadline) {
      agent.runToExit("/bin/true");
      count++;
    }
    return count;
  }
}
