package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.time.Duration;
import java.util.List;

/// An agent is killed; how long until a new one has taken over all its executors, and answers.
public final class RecoveryTopic {
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private RecoveryTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Agent agent = Agent.start(bench);
    Topic none =
        new Topic("recovery, start of the process to its first answer", "ms")
            .warmUps(1)
            .rounds(5)
            .contender("no executors", () -> recover(agent));
    TopicResult empty = none.run(bench.patience(10));
    int count = bench.choose(1000, 100);
    List<String> ids = agent.launchMany(count, bench.victim(), "crowd", "1");
    String name = count + " executors";
    TopicResult full =
        new Topic("recovery with executors", "ms")
            .warmUps(1)
            .rounds(5)
            .contender(name, () -> recover(agent))
            .goal(name, 1500)
            .run(bench.patience(15));
    agent.end(ids);
    return List.of(empty, full);
  }

  private static double recover(Agent agent) throws Exception {
    double took = agent.recover();
    // What it does right after its first answer is not somebody else's load.
    Thread.sleep(SETTLING);
    return took;
  }
}
