package dev.holdfast.bench;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Isolator;
import dev.holdfast.isolator.IsolatorConfig;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The isolator in this process, on a root of its own.
public final class Here implements Closeable {
  private static final Duration NO_GRACE = Duration.ZERO;

  private final Bench bench;
  private final Isolator isolator;
  private final RootHold hold;
  private final Path runtime;
  private final Set<Run> live = ConcurrentHashMap.newKeySet();
  private int number;

  private Here(Bench bench, Isolator isolator, RootHold hold, Path runtime) {
    this.bench = bench;
    this.isolator = isolator;
    this.hold = hold;
    this.runtime = runtime;
  }

  /// Until the end of the topic.
  public static Here open(Bench bench) throws Exception {
    Path runtime = Files.createDirectories(bench.file("run/here"));
    Isolator isolator =
        Isolator.open(
            IsolatorConfig.defaults()
                .withRoot(CgroupPath.parse(root()))
                .withRuntimeDirectory(runtime));
    return bench.keep(new Here(bench, isolator, isolator.holdRoot(), runtime));
  }

  private static String root() {
    return "holdfast-bench-" + ProcessHandle.current().pid() + "-here";
  }

  /// With limits on cpu, memory and pids.
  public static Limits limits(long pids) {
    return limits(pids, 500, 64);
  }

  public static Limits limits(long pids, long millis, long mebibytes) {
    return Limits.builder()
        .cpus(new Cpus(millis))
        .cpuMode(CpuMode.QUOTA)
        .memory(Bytes.ofMebibytes(mebibytes))
        .pids(pids)
        .build();
  }

  public Run launch(Limits limits, String... command) {
    ExecutorSpec spec =
        ExecutorSpec.builder(new ExecutorId("bench", "run-" + number++), List.of(command))
            .limits(limits)
            .workDirectory(Path.of("/"))
            .build();
    Detached output =
        new Detached(
            Optional.empty(), bench.file("here-out"), bench.file("here-err"), 10_000_000, 1);
    Run run = isolator.launch(RunId.random(), spec, output, RunObserver.NONE);
    live.add(run);
    return run;
  }

  /// Removes what a run that has ended leaves in the runtime directory.
  public void forget(Run run) throws IOException {
    live.remove(run);
    Path directory = runtime.resolve("runs").resolve(run.id().toString());
    if (Files.isDirectory(directory)) {
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /// Launches many that do next to nothing.
  public List<Run> launchMany(int count, String... command) {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runs.add(launch(limits(100), command));
    }
    return runs;
  }

  public void end(List<Run> runs) throws IOException, InterruptedException {
    for (Run run : runs) {
      run.stop("bench", NO_GRACE);
    }
    for (Run run : runs) {
      run.await();
      forget(run);
    }
  }

  /// The directories in which a run's cgroup is made, the cgroup2 one last; for floors.
  public List<String> parents() throws Exception {
    Run run = launch(limits(100), "/bin/true");
    List<Path> directories = run.cgroupDirectories();
    run.await();
    forget(run);
    return directories.stream().map(it -> it.resolve("../..").normalize().toString()).toList();
  }

  @Override
  public void close() throws IOException {
    try {
      end(List.copyOf(live));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hold.close();
    isolator.close();
  }
}
