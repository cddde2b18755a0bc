package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How one more executor's cost grows with those that are there. The exponent of a power law: 0
/// means that it stays the same.
public final class GrowthTopic {
  private static final int WINDOW = 50;

  private GrowthTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Agent agent = Agent.start(bench);
    agent.end(agent.launchMany(bench.choose(300, 100), "/bin/true"));
    List<String> ids = new ArrayList<>();
    List<double[]> launches = new ArrayList<>();
    List<double[]> cpu = new ArrayList<>();
    Topic.Figures launch = new Topic.Figures("launch of one more", "ms");
    Topic.Figures second = new Topic.Figures("agent's CPU time a second", "ms");
    Topic.Figures resident = new Topic.Figures("agent's memory", "MB");
    for (int count : steps(bench)) {
      ids.addAll(agent.launchMany(count - WINDOW - ids.size(), bench.victim(), "crowd", "1"));
      long begin = System.nanoTime();
      ids.addAll(agent.launchMany(WINDOW, bench.victim(), "crowd", "1"));
      double each = (System.nanoTime() - begin) / 1e6 / WINDOW;
      launch.add("at " + count, each);
      launches.add(new double[] {count, each});
      double used = cpuMillisASecond(bench, agent);
      second.add("with " + count, used);
      cpu.add(new double[] {count, used});
      resident.add("with " + count, agent.residentMegabytes());
    }
    launch.add("exponent", exponent(launches));
    second.add("exponent", exponent(cpu));
    agent.end(ids);
    return List.of(launch.result(), second.result(), resident.result());
  }

  private static int[] steps(Bench bench) {
    return bench.isQuick() ? new int[] {50, 200} : new int[] {50, 200, 1000, 2000, 5000};
  }

  private static double cpuMillisASecond(Bench bench, Agent agent) throws Exception {
    Duration window = Duration.ofSeconds(bench.choose(5, 2));
    Thread.sleep(Duration.ofSeconds(2));
    Duration before = used(agent);
    Thread.sleep(window);
    return (double) used(agent).minus(before).toMillis() / window.toSeconds();
  }

  private static Duration used(Agent agent) {
    return ProcessHandle.of(agent.pid()).flatMap(it -> it.info().totalCpuDuration()).orElseThrow();
  }

  /// The slope of the straight line through the logarithms.
  private static double exponent(List<double[]> points) {
    double n = points.size();
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    for (double[] point : points) {
      double logX = Math.log(point[0]);
      double logY = Math.log(Math.max(point[1], 1e-3));
      x += logX;
      y += logY;
      xx += logX * logX;
      xy += logX * logY;
    }
    return (n * xy - x * y) / (n * xx - x * x);
  }
}
