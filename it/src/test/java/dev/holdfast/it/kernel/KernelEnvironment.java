package dev.holdfast.it.kernel;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.testkit.contract.ContractEnvironment;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The running kernel. Processes enter their cgroups by themselves: a thread of this JVM in one of
/// them would keep it from being removed.
final class KernelEnvironment implements ContractEnvironment {
  private static final int PATIENCE_SECONDS = 30;

  /// The arguments are the files that the shell writes its entry to.
  private static final String ENTER = "for f in \"$@\"; do echo 0 > \"$f\" || exit 97; done; ";

  private final TestHost host;
  private final List<CgroupPath> paths = new ArrayList<>();
  private final Map<Integer, Process> processes = new HashMap<>();

  KernelEnvironment(TestHost host) {
    this.host = host;
  }

  @Override
  public CgroupFs fs() {
    return host.fs();
  }

  @Override
  public Layout layout() {
    return host.layout();
  }

  @Override
  public Hierarchy hierarchy() {
    return host.hierarchy();
  }

  @Override
  public KernelVersion kernel() {
    return KernelVersion.running();
  }

  @Override
  public int cpus() {
    Path file =
        switch (layout()) {
          case Layout.V1(var mounts) -> cpusOf(mounts);
          case Layout.Hybrid(var mounts, var _) -> cpusOf(mounts);
          case Layout.V2(var mount, var _) -> mount.resolve("cpuset.cpus.effective");
          case Layout.None() -> throw new IllegalStateException("no cgroup file system is mounted");
        };
    return CpuSet.parse(fs().read(file)).size();
  }

  private static Path cpusOf(Map<Controller, Path> mounts) {
    return Optional.ofNullable(mounts.get(Controller.CPUSET)).orElseThrow().resolve("cpuset.cpus");
  }

  @Override
  public CgroupPath freshPath() {
    CgroupPath path = host.freshPath();
    paths.add(path);
    return path;
  }

  @Override
  public int startSleeper(Cgroup cgroup) {
    return start(cgroup, "exec sleep 1000");
  }

  /// `tail` keeps the last lines, and what it gets here is one.
  @Override
  public int startHolder(Cgroup cgroup, Bytes memory) {
    int pid = start(cgroup, "exec tail");
    try {
      // Stays open, or tail would print and end.
      OutputStream input = process(pid).getOutputStream();
      byte[] block = new byte[1 << 20];
      for (long written = 0; written < memory.count(); written += block.length) {
        input.write(block);
      }
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pid;
  }

  @Override
  public int startEater(Cgroup cgroup) {
    return start(cgroup, "exec tail /dev/zero");
  }

  private int start(Cgroup cgroup, String command) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", ENTER + command, "sh"));
    cgroup.entry().tasksFiles().forEach(file -> words.add(file.toString()));
    cgroup
        .entry()
        .cloneInto()
        .ifPresent(directory -> words.add(directory.resolve("cgroup.procs").toString()));
    Process process;
    try {
      process =
          new ProcessBuilder(words)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int pid = (int) process.pid();
    processes.put(pid, process);
    awaitEntry(cgroup, process);
    return pid;
  }

  /// An eater may be dead before anybody has looked; it has been inside.
  private void awaitEntry(Cgroup cgroup, Process process) {
    TestHost.await(
        process.pid() + " has entered " + cgroup,
        () -> !process.isAlive() || isInAll(cgroup, process.pid()));
    if (!process.isAlive() && process.exitValue() == 97) {
      throw new IllegalStateException("a process could not enter " + cgroup);
    }
  }

  private boolean isInAll(Cgroup cgroup, long pid) {
    String line = Long.toString(pid);
    return cgroup.directories().stream()
        .allMatch(directory ->
            fs().read(directory.resolve("cgroup.procs")).lines().anyMatch(line::equals));
  }

  private Process process(int pid) {
    return Optional.ofNullable(processes.get(pid))
        .orElseThrow(() -> new IllegalArgumentException(pid + " was not started here"));
  }

  @Override
  public void kill(int pid) {
    process(pid).destroyForcibly();
  }

  @Override
  public boolean isAlive(int pid) {
    return process(pid).isAlive();
  }

  @Override
  public void close() {
    for (CgroupPath path : paths) {
      thaw(hierarchy().cgroup(path, hierarchy().controllers()));
    }
    for (Process process : processes.values()) {
      end(process);
    }
    for (CgroupPath path : paths) {
      host.remove(path);
    }
  }

  private static void thaw(Cgroup cgroup) {
    try {
      cgroup.freezer().ifPresent(Freezer::thaw);
    } catch (CgroupException.NotFound gone) {
      return;
    }
    cgroup.children().forEach(child -> thaw(cgroup.child(child)));
  }

  private static void end(Process process) {
    try {
      process.destroyForcibly();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(process.pid() + " does not die");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
