package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.testkit.FakeCgroupFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Processes that can be killed in earnest and are in the fake's cgroups, too: a signal goes to the
/// machine that runs the tests, whatever the cgroupfs. A process that dies leaves the fake.
final class Victims implements AutoCloseable {
  /// Above PID_MAX_LIMIT, 4194304: a signal to these reaches nobody.
  static final int NOBODY = 10_000_000;

  private final FakeCgroupFs fake;
  private final List<Process> processes = new ArrayList<>();
  private final List<CompletableFuture<Void>> departures = new ArrayList<>();

  Victims(FakeCgroupFs fake) {
    this.fake = fake;
  }

  /// Starts one in the cgroup; returns its pid.
  int start(CgroupPath cgroup) {
    try {
      Process process = new ProcessBuilder("sleep", "1000").start();
      processes.add(process);
      int pid = (int) process.pid();
      fake.processes().start(cgroup, pid);
      departures.add(process.onExit().thenAccept(_ -> fake.processes().kill(pid)));
      return pid;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether it runs, or has ended since.
  boolean isAlive(int pid) {
    return processes.stream().anyMatch(it -> it.pid() == pid && it.isAlive());
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    departures.forEach(CompletableFuture::join);
  }
}
