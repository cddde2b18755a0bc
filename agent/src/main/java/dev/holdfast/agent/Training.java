package dev.holdfast.agent;

import com.google.gson.JsonObject;
import dev.holdfast.api.EventStream;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.HoldfastClient;
import dev.holdfast.api.HoldfastException;
import dev.holdfast.api.LaunchRequest;
import dev.holdfast.api.ResourceLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Lives a short life as an agent that is asked a few things, for the JVM to record in its
/// ahead-of-time cache what that loads. Where an agent cannot work, as without root, it still
/// records how it starts.
public final class Training {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Training() {}

  /// @param words a directory for it alone, and a cgroups' root
  public static void main(String[] words) throws InterruptedException {
    Path directory = Path.of(words[0]);
    String[] flags = {
      "--work-dir", directory.resolve("work").toString(),
      "--runtime-dir", directory.resolve("run").toString(),
      "--cgroups-root", words[1]
    };
    Path socket = directory.resolve("run/agent.sock");
    live(flags, socket, Training::ask);
    // What the one before has left is recovered.
    live(flags, socket, Training::end);
  }

  private interface Part {
    void play(HoldfastClient client) throws IOException, InterruptedException;
  }

  private static void live(String[] flags, Path socket, Part part) throws InterruptedException {
    Thread agent = Thread.ofPlatform().name("agent").start(() -> Main.call(flags, Map.of()));
    try {
      HoldfastClient client = HoldfastClient.at(socket, PATIENCE);
      while (agent.isAlive() && !Files.exists(socket)) {
        Thread.sleep(10);
      }
      if (agent.isAlive()) {
        part.play(client);
      }
    } catch (HoldfastException | IOException e) {
      System.err.println("training: " + e.getMessage());
    } finally {
      agent.interrupt();
      agent.join();
    }
  }

  private static void ask(HoldfastClient client) throws IOException, InterruptedException {
    ExecutorInfo sleep = client.launch(request("sleep", "/bin/sleep", "60"));
    ExecutorInfo run = client.launch(request("true", "/bin/true"));
    JsonObject end = client.await(run.id());
    System.err.println("training: " + end.get("verdict"));
    client.list(true, Optional.empty());
    client.inspect(run.id());
    client.stats(sleep.id());
    client.history(sleep.id());
    client.top(sleep.id());
    client.explain(sleep.id());
    client.update(sleep.id(), limits(96L << 20), false);
    client.info();
    try (EventStream events = client.events(false, OptionalLong.empty())) {
      events.next();
    }
    client.logs(run.id(), "stdout", false, OptionalLong.empty()).close();
    client.remove(run.id());
  }

  private static void end(HoldfastClient client) {
    for (ExecutorInfo run : client.list(false, Optional.empty())) {
      System.err.println("training: recovered " + run.name());
      client.kill(run.id(), Optional.empty());
      client.remove(run.id());
    }
  }

  private static ResourceLimits limits(long memory) {
    return ResourceLimits.builder()
        .cpus(0.5)
        .cpuMode("quota")
        .memoryBytes(memory)
        .pids(100)
        .build();
  }

  private static LaunchRequest request(String name, String... command) {
    return LaunchRequest.builder(List.of(command))
        .framework("training")
        .name(name)
        .label("a", "b")
        .limits(limits(64L << 20))
        .environment("A", "1")
        .timeout(Duration.ofMinutes(1))
        .stopTimeout(Duration.ofSeconds(1))
        .build();
  }
}
