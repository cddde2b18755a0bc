package dev.holdfast.bench.topic;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.bench.Agent;
import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Containerd;
import dev.holdfast.bench.Helper;
import dev.holdfast.bench.Memory;
import dev.holdfast.bench.Peers;
import dev.holdfast.bench.Topic;
import dev.holdfast.bench.TopicResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What stays in RAM: the agent, and for each executor whoever keeps it.
public final class FootprintTopic {
  private FootprintTopic() {}

  public static List<TopicResult> measure(Bench bench) throws Exception {
    List<TopicResult> results = new ArrayList<>();
    Agent agent = Agent.start(bench);
    int most = bench.choose(1000, 100);
    List<String> ids = new ArrayList<>();
    Topic.Figures resident = new Topic.Figures("memory of the agent", "MB");
    settle();
    resident.add("no executors", agent.residentMegabytes()).atMost("no executors", 70);
    for (int count : new int[] {100, 1000}) {
      if (count > most) {
        continue;
      }
      ids.addAll(agent.launchMany(count - ids.size(), bench.victim(), "crowd", "1"));
      settle();
      resident.add(count + " executors", agent.residentMegabytes());
    }
    resident.atMost("1000 executors", 110);
    results.add(resident.result());
    results.add(keepers(bench, agent));
    agent.end(ids);
    return results;
  }

  /// Some rounds of sampling, and one of giving back to the system what is free in the C heap.
  private static void settle() throws InterruptedException {
    Thread.sleep(Duration.ofSeconds(8));
  }

  private static TopicResult keepers(Bench bench, Agent agent) throws Exception {
    Topic.Figures keepers = new Topic.Figures("memory of the keeper of one executor", "KB");
    double launchers = 0;
    List<ExecutorInfo> live = agent.client().list(false, Optional.empty());
    for (ExecutorInfo each : live) {
      launchers += Memory.proportional(Objects.requireNonNull(each.launcher()));
    }
    String mine = "executor-launcher, of " + live.size();
    keepers.add(mine, launchers / live.size()).atMost(mine, 60);
    Peers peers = new Peers(bench);
    String[] victim = {"/bin/victim", "crowd", "1"};
    if (Bench.has("podman") && Bench.has("conmon")) {
      Helper podman = bench.spawnOnPlainV1(peers.podman("run", "-d", victim));
      if (Peers.isAble("podman run", podman)) {
        keepers.add("conmon", ofProcess("conmon", bench.file("run/podman").toString()));
        bench.spawnOnPlainV1(peers.podmanRemoveAll()).once();
      }
    }
    if (Bench.has("ctr")) {
      Containerd containerd = Containerd.start(bench);
      if (Peers.isAble("ctr run", bench.spawn(containerd.ctr("run", "-d", "hf-shim", victim)))) {
        keepers.add(
            "containerd-shim-runc-v2",
            ofProcess("containerd-shim", bench.file("containerd.sock").toString()));
        containerd.remove("hf-shim");
      }
    }
    return keepers.result();
  }

  /// Of the process of ours whose program and arguments are such.
  private static double ofProcess(String program, String argument) throws IOException {
    long pid =
        ProcessHandle.allProcesses()
            .filter(it -> it.info().command().orElse("").contains(program))
            .filter(it -> it.info().commandLine().orElse("").contains(argument))
            .findFirst()
            .orElseThrow(() -> new IOException("there is no " + program + " " + argument))
            .pid();
    return Memory.proportional(pid);
  }
}
