package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// From the last page that ten processes together got to the group being dead and the report being
/// told, and on disk.
public final class OomTopic {
  private static final String WRITTEN = "agent, told and on disk";
  private static final String TOLD = "agent, told";

  private OomTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Agent agent = Agent.start(bench);
    Path clock = bench.file("run/last-page");
    return List.of(
        new Topic("memory limit crossed by 10 processes to report and group dead", "ms")
            .rounds(bench.choose(100, 20))
            .contender(TOLD, () -> once(bench, agent, clock, false))
            .contender(WRITTEN, () -> once(bench, agent, clock, true))
            .goal(WRITTEN, 50)
            .run(bench.patience(15)));
  }

  private static double once(Bench bench, Agent agent, Path clock, boolean isToBeWritten)
      throws Exception {
    Files.deleteIfExists(clock);
    String id = agent.launch(100, bench.victim(), "eat", "10", clock.toString()).id();
    String verdict = agent.client().await(id).get("verdict").getAsString();
    // It is written to the durable tree after it was told; then this goes.
    while (isToBeWritten && Files.exists(agent.runtime().resolve("runs").resolve(id))) {
      Thread.sleep(Duration.ofMillis(1));
    }
    long end = System.nanoTime();
    if (!verdict.equals("out_of_memory")) {
      throw new IllegalStateException("it ended otherwise: " + verdict);
    }
    long last = ByteBuffer.wrap(Files.readAllBytes(clock)).order(ByteOrder.nativeOrder()).getLong();
    agent.client().remove(id);
    return (end - last) / 1e6;
  }
}
