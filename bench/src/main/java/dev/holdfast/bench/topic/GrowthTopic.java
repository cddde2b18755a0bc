package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Contender;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Series;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How one more executor's cost grows with those that are there, beside a C floor for which it
/// grows, too: for each quota that is written the kernel walks through all cgroups that may have
/// one. The exponent of a power law: 0 means that it stays the same.
public final class GrowthTopic {
  private static final int LAUNCHES = 50;

  private GrowthTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    Helper floor = bench.helper("launch", here.parents());
    Agent agent = Agent.start(bench);
    for (int i = 0; i < bench.choose(300, 100); i++) {
      agent.runToExit("/bin/true");
    }
    List<String> ids = new ArrayList<>();
    Growth floors = new Growth("C floor");
    Growth launches = new Growth("agent, API");
    Growth cpu = new Growth("agent");
    Growth resident = new Growth("agent");
    for (int count : steps(bench)) {
      ids.addAll(agent.launchMany(count - ids.size(), bench.victim(), "crowd", "1"));
      cpu.add(count, cpuMillisASecond(bench, agent));
      resident.add(count, agent.residentMegabytes());
      List<Double> ofFloor = new ArrayList<>();
      List<Double> ofAgent = new ArrayList<>();
      for (int i = 0; i < LAUNCHES; i++) {
        ofFloor.add(floor.once() / 1e3);
        ofAgent.add(Contender.timed(() -> agent.runToExit("/bin/true")).once() / 1e3);
      }
      floors.add(count, Series.median(ofFloor));
      launches.add(count, Series.median(ofAgent));
    }
    agent.end(ids);
    Topic.Figures launch = new Topic.Figures("launch to exit beside so many", "ms");
    floors.addTo(launch);
    launches.addTo(launch);
    Topic.Figures second = new Topic.Figures("agent's CPU time a second", "ms");
    cpu.addTo(second);
    Topic.Figures memory = new Topic.Figures("agent's memory", "MB");
    resident.addTo(memory);
    return List.of(launch.result(), second.result(), memory.result());
  }

  /// What was found with so many executors.
  private record Growth(String name, Map<Integer, Double> found) {
    Growth(String name) {
      this(name, new LinkedHashMap<>());
    }

    void add(int count, double figure) {
      found.put(count, figure);
    }

    void addTo(Topic.Figures figures) {
      found.forEach((count, figure) -> figures.add(name + ", " + count, figure));
      figures.add(name + ", exponent", exponent());
    }

    /// The slope of the straight line through the logarithms.
    private double exponent() {
      double n = found.size();
      double x = 0;
      double y = 0;
      double xx = 0;
      double xy = 0;
      for (Map.Entry<Integer, Double> point : found.entrySet()) {
        double logX = Math.log(point.getKey());
        double logY = Math.log(Math.max(point.getValue(), 1e-3));
        x += logX;
        y += logY;
        xx += logX * logX;
        xy += logX * logY;
      }
      return (n * xy - x * y) / (n * xx - x * x);
    }
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
}
