package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.util.List;

/// An agent is killed; how long until a new one has taken over all its executors, and answers.
public final class RecoveryTopic {
  private RecoveryTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Agent agent = Agent.start(bench);
    Topic none =
        new Topic("recovery, start of the process to its first answer", "ms")
            .warmUps(1)
            .rounds(5)
            .contender("no executors", agent::recover);
    TopicResult empty = none.run(bench.patience(10));
    int count = bench.choose(1000, 100);
    List<String> ids = agent.launchMany(count, bench.victim(), "crowd", "1");
    String name = count + " executors";
    TopicResult full =
        new Topic("recovery with executors", "ms")
            .warmUps(1)
            .rounds(5)
            .contender(name, agent::recover)
            .goal(name, 1500)
            .run(bench.patience(15));
    agent.end(ids);
    return List.of(empty, full);
  }
}
