package dev.holdfast.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A containerd of our own.
public final class Containerd implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Bench bench;
  private final Process process;
  private final Path socket;

  private Containerd(Bench bench, Process process, Path socket) {
    this.bench = bench;
    this.process = process;
    this.socket = socket;
  }

  /// Until the end of the topic.
  public static Containerd start(Bench bench) throws Exception {
    Path config = bench.file("containerd.toml");
    Files.writeString(config, "version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n");
    Path socket = bench.file("containerd.sock");
    Process process =
        new ProcessBuilder(
                "containerd",
                "--config",
                config.toString(),
                "--root",
                bench.file("containerd-root").toString(),
                "--state",
                bench.file("run/containerd").toString(),
                "--address",
                socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(bench.file("containerd.log").toFile())
            .start();
    Containerd containerd = bench.keep(new Containerd(bench, process, socket));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (containerd.call("version") != 0) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IOException(
            "containerd does not answer:\n" + Files.readString(bench.file("containerd.log")));
      }
      Thread.sleep(50);
    }
    return containerd;
  }

  /// Ends a container that goes on.
  public void remove(String id) throws IOException, InterruptedException {
    call("task", "kill", "-s", "KILL", id);
    call("task", "delete", "-f", id);
    call("container", "delete", id);
  }

  private int call(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ctr", "--address", socket.toString()));
    all.addAll(List.of(words));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /// @param how `--rm`, or `-d` for one that goes on
  public String[] ctr(String verb, String how, String id, String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "ctr",
                "--address",
                socket.toString(),
                verb,
                how,
                "--null-io",
                "--cpu-quota",
                "50000",
                "--cpu-period",
                "100000",
                "--memory-limit",
                "67108864",
                "--cgroup",
                "/holdfast-bench-peer/" + id,
                "--rootfs",
                bench.file("rootfs").toString(),
                id));
    all.addAll(List.of(command));
    return all.toArray(String[]::new);
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
