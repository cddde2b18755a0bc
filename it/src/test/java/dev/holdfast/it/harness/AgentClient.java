package dev.holdfast.it.harness;

import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// An agent that serves, asked by its API. Runs and files are those of the ground, whichever agent
/// serves them.
public final class AgentClient {
  private final Ground ground;
  private final Agent agent;
  private final HoldfastClient client;

  private AgentClient(Ground ground, Agent agent) {
    this.ground = ground;
    this.agent = agent;
    client = HoldfastClient.at(ground.runtime().resolve("agent.sock"));
  }

  /// The call that starts one for more runs than the host has room for.
  public static Holdfast call(Ground ground) {
    return Agent.call(ground, "--overcommit");
  }

  /// Its work directory.
  public static Path state(Ground ground) {
    return ground.file("state");
  }

  public static AgentClient start(Ground ground) {
    return start(ground, call(ground));
  }

  /// Starts one, and waits until it serves.
  public static AgentClient start(Ground ground, Holdfast call) {
    return new AgentClient(ground, Agent.await(ground, call));
  }

  public HoldfastClient client() {
    return client;
  }

  /// Sends its process a signal.
  public void signal(Signal signal) {
    if (!Processes.kill(agent.pid(), signal)) {
      throw new AssertionError("it has ended before " + signal);
    }
  }

  /// It cannot do anything about it.
  public void die() {
    agent.kill();
  }

  /// It is asked to end.
  public void end() {
    agent.stop();
  }

  /// Launches a run; returns its id.
  public String launch(String name, ResourceLimits limits, String... command) {
    return client
        .launch(LaunchRequest.builder(List.of(command)).name(name).limits(limits).build())
        .id();
  }

  /// Limits on memory and pids.
  public static ResourceLimits limits(long memoryBytes, long pids) {
    return ResourceLimits.builder().memoryBytes(memoryBytes).pids(pids).build();
  }

  /// The pid of a live run's leader.
  public int leader(String id) {
    return Optional.ofNullable(client.inspect(id).leader()).orElseThrow();
  }

  /// The pid of a live run's executor-launcher.
  public int launcher(String id) {
    return Optional.ofNullable(client.inspect(id).launcher()).orElseThrow();
  }

  /// All that a run has written to its stdout.
  public String stdout(String id) {
    try (var log = client.logs(id, "stdout", false, OptionalLong.empty())) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until a run's launcher has written how it ended, for whoever comes.
  public void awaitStatus(String id) {
    Path status = runDirectory(id).resolve("status");
    Waiting.until(
        "the launcher of " + id + " has written its status",
        () -> Files.exists(status) && Files.readString(status).contains("log_dropped_bytes"));
  }

  public Path runDirectory(String id) {
    return ground.runtime().resolve("runs").resolve(id);
  }

  /// Ends all that runs, and forgets all that has.
  public void clear() {
    List<String> ids = new ArrayList<>();
    client.list(true, Optional.empty()).forEach(run -> ids.add(run.id()));
    ids.parallelStream()
        .forEach(id -> {
          if (!client.inspect(id).state().equals("finished")) {
            client.kill(id, Optional.empty());
          }
          client.remove(id);
        });
  }
}
