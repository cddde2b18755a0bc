package dev.holdfast.bench;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An agent of our own, as `./holdfast agent` starts it.
public final class Agent implements Closeable {
  private static final int HAS_ENDED = 409;

  private final Bench bench;
  private final Path runtime;
  private final Path state;
  private final HoldfastClient client;
  private Process process;

  private Agent(Bench bench) throws Exception {
    this.bench = bench;
    // Of its own for each topic: what another has left would be recovered.
    runtime = Files.createTempDirectory(bench.file("run"), "agent");
    state = Files.createTempDirectory(bench.file(""), "agent-state");
    client = HoldfastClient.at(runtime.resolve("agent.sock"));
    process = startProcess();
    awaitAnswer();
  }

  /// Until the end of the topic.
  public static Agent start(Bench bench) throws Exception {
    return bench.keep(new Agent(bench));
  }

  private Process startProcess() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                bench.checkout().resolve("holdfast").toString(),
                "agent",
                "--runtime-dir",
                runtime.toString(),
                "--work-dir",
                state.toString(),
                "--cgroups-root",
                "holdfast-bench-" + ProcessHandle.current().pid() + "-agent",
                "--cgroups-enable-cfs",
                "--overcommit")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(bench.file("agent.log").toFile()));
    // Flags of whoever measures are not meant for this one.
    builder.environment().keySet().removeIf(it -> it.startsWith("HOLDFAST_"));
    return builder.start();
  }

  private void awaitAnswer() throws Exception {
    while (!client.isHealthy()) {
      if (!process.isAlive()) {
        throw new IOException("the agent has ended:\n" + Files.readString(bench.file("agent.log")));
      }
      Thread.sleep(Duration.ofMillis(2));
    }
  }

  /// Kills the agent, and measures a new one's way from its start to its first answer, in
  /// milliseconds.
  public double recover() throws Exception {
    process.destroyForcibly().waitFor();
    Files.deleteIfExists(client.socket());
    long begin = System.nanoTime();
    process = startProcess();
    awaitAnswer();
    return (System.nanoTime() - begin) / 1e6;
  }

  public HoldfastClient client() {
    return client;
  }

  public long pid() {
    return process.pid();
  }

  public Path runtime() {
    return runtime;
  }

  public ExecutorInfo launch(long pids, String... command) {
    return client.launch(request(limits(0.5, 64, pids), command));
  }

  /// A whole life, with limits on cpu, memory and pids.
  public void runToExit(String... command) throws InterruptedException {
    client.await(launch(100, command).id());
  }

  public static ResourceLimits limits(double cpus, long mebibytes, long pids) {
    return ResourceLimits.builder().cpus(cpus).memoryBytes(mebibytes << 20).pids(pids).build();
  }

  private static LaunchRequest request(ResourceLimits limits, String... command) {
    return LaunchRequest.builder(List.of(command))
        .framework("bench")
        .limits(limits)
        .workdir("/")
        .build();
  }

  public List<String> launchMany(int count, String... command) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(launch(100, command).id());
    }
    return ids;
  }

  public void end(List<String> ids) {
    for (String id : ids) {
      try {
        client.kill(id, Optional.empty());
      } catch (HoldfastException e) {
        if (e.status() != HAS_ENDED) {
          throw e;
        }
      }
    }
    ids.forEach(client::remove);
  }

  /// MB.
  public double residentMegabytes() throws IOException {
    return Memory.resident(pid());
  }

  /// Ends it with all its runs.
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        end(client.list(false, Optional.empty()).stream().map(ExecutorInfo::id).toList());
      } finally {
        process.destroy();
        process.onExit().join();
      }
    }
  }
}
