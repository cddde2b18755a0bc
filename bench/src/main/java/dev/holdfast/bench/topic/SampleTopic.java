package dev.holdfast.bench.topic;

import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Contender;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.UsageSampler;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One reading of what an executor uses, for executors that all have run since the one before.
public final class SampleTopic {
  private static final String FLOOR = "C floor: cpu, memory, pids, throttling";
  private static final String SAMPLE = "in process";

  /// Longer than the victims sleep: each has used CPU time since.
  private static final Duration BETWEEN = Duration.ofMillis(450);

  private static final String TICK = "400";

  private static final List<String> FLOOR_FILES =
      List.of(
          "cpuacct.usage", "cpu.stat", "memory.usage_in_bytes", "memory.current", "pids.current");

  private SampleTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    List<TopicResult> results = new ArrayList<>();
    for (int count : bench.isQuick() ? new int[] {1, 100} : new int[] {1, 100, 1000}) {
      List<Run> runs = here.launchMany(count, bench.victim(), "tick", TICK);
      results.addAll(measure(bench, runs));
      here.end(runs);
    }
    return results;
  }

  private static List<TopicResult> measure(Bench bench, List<Run> runs) throws Exception {
    int count = runs.size();
    Helper floor = floor(bench, "floor-" + count, runs, FLOOR_FILES);
    List<String> withStat = new ArrayList<>(FLOOR_FILES);
    withStat.add("memory.stat");
    Helper most = floor(bench, "floor-stat-" + count, runs, withStat);
    List<UsageSampler> samplers = runs.stream().map(Run::sampler).toList();
    long[] allocated = new long[1];
    Contender.Measured all =
        Contender.timed(() -> {
          long before = allocated();
          for (int i = 0; i < samplers.size(); i++) {
            if (samplers.get(i).read().isEmpty()) {
              throw new IllegalStateException("nothing was read");
            }
          }
          allocated[0] = allocated() - before;
        });
    for (int i = 0; i < Math.max(20, 2000 / count); i++) {
      all.once();
    }
    String title = " of " + count + (count == 1 ? " executor" : " executors, for each");
    Topic time =
        new Topic("one sample" + title, "µs")
            .contender(
                FLOOR,
                () -> {
                  Thread.sleep(BETWEEN);
                  return floor.once() / count;
                })
            .contender("C floor, with memory.stat", () -> most.once() / count)
            .contender(SAMPLE, () -> all.once() / count)
            .goal(SAMPLE, 1.5, FLOOR);
    TopicResult timed = time.warmUps(4).run(bench.patience(12));
    TopicResult bytes =
        new Topic("allocated by one sample" + title, "bytes")
            .contender(
                SAMPLE,
                () -> {
                  Thread.sleep(BETWEEN);
                  all.once();
                  return (double) allocated[0] / count;
                })
            .run(bench.patience(3));
    samplers.forEach(UsageSampler::close);
    return List.of(timed, bytes);
  }

  private static Helper floor(Bench bench, String name, List<Run> runs, List<String> files)
      throws Exception {
    StringBuilder list = new StringBuilder();
    for (Run run : runs) {
      for (Path directory : run.cgroupDirectories()) {
        for (String each : files) {
          Path file = directory.resolve(each);
          // Without its controller a cgroup2 directory has a cpu.stat, too.
          if (Files.exists(file) && !directory.startsWith("/sys/fs/cgroup/unified")) {
            list.append(file).append('\n');
          }
        }
      }
    }
    Path file = bench.file(name);
    Files.writeString(file, list);
    return bench.helper("sample", List.of(file.toString()));
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
