package dev.holdfast.bench.topic;

import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Contender;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Here;
import dev.holdfast.bench.Peers;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import dev.holdfast.isolator.Run;
import java.util.List;
import java.util.Map;

/// From the launch of `/bin/true` in a fresh cgroup with limits on cpu, memory and pids to its end,
/// the removal of the cgroup included.
public final class LaunchTopic {
  private static final String FLOOR = "C floor";
  private static final String API = "agent, API";
  private static final long PIDS = 100;

  /// Peers take part in each so many rounds: podman and ctr take half a second.
  private static final int SELDOM = 4;

  private LaunchTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    Here here = Here.open(bench);
    Helper floor = bench.helper("launch", here.parents());
    Agent agent = Agent.start(bench);
    warmUp(bench, agent, here);
    Helper bare = bench.spawn("/bin/true");
    Helper cold =
        bench.spawn(
            "env",
            "HOLDFAST_CGROUPS_ROOT=holdfast-bench-" + ProcessHandle.current().pid() + "-cli",
            "HOLDFAST_RUNTIME_DIR=" + bench.file("run/cli"),
            "HOLDFAST_SOCKET=",
            bench.checkout().resolve("holdfast").toString(),
            "run",
            "--cpus",
            "0.5",
            "--memory",
            "64m",
            "--pids-limit",
            "100",
            "--",
            "/bin/true");
    Topic topic =
        new Topic("launch to exit of /bin/true", "ms")
            .contender(FLOOR, millis(floor))
            .contender("bare fork and exec", millis(bare))
            .contender(API, millis(Contender.timed(() -> agent.runToExit("/bin/true"))))
            .contender("in process", millis(Contender.timed(() -> run(here))))
            .contender("command line, cold", SELDOM, millis(cold));
    for (Map.Entry<String, Helper> peer : new Peers(bench).launches().entrySet()) {
      boolean slow = peer.getKey().startsWith("podman") || peer.getKey().startsWith("ctr");
      topic.contender(peer.getKey(), slow ? 3 * SELDOM : SELDOM, millis(peer.getValue()));
    }
    topic
        .goal(API, 1.6, FLOOR)
        .goal(API, 1.0 / 5, "crun run")
        .goal(API, 1.0 / 8, "runc run")
        .goal(API, 1.0 / 30, "podman run")
        .goal(API, 1.0 / 30, "ctr run");
    return List.of(topic.run(bench.patience(60)));
  }

  private static void warmUp(Bench bench, Agent agent, Here here) throws Exception {
    for (int i = 0; i < bench.choose(300, 100); i++) {
      agent.runToExit("/bin/true");
      run(here);
    }
  }

  private static Contender.Measured millis(Helper helper) {
    return () -> helper.once() / 1e3;
  }

  private static Contender.Measured millis(Contender.Measured micros) {
    return () -> micros.once() / 1e3;
  }

  private static void run(Here here) throws Exception {
    Run run = here.launch(Here.limits(PIDS), "/bin/true");
    run.await();
    here.forget(run);
  }
}
