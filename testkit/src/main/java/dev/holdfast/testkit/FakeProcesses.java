package dev.holdfast.testkit;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.testkit.fake.FakeProcess;
import dev.holdfast.testkit.fake.Kernel;
import dev.holdfast.testkit.fake.Node;
import dev.holdfast.testkit.fake.Refusal;
import dev.holdfast.testkit.fake.v2.CoreV2;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The processes of a [FakeCgroupFs]. A process has one thread, and goes without a trace: it is
/// never a zombie. Thread-safe; each method returns when all that follows has been announced.
public final class FakeProcesses {
  /// Above every pid of a real kernel (4194304): code under test may signal what it finds.
  private static final int FIRST_PID = 10_000_000;

  private final Kernel kernel;

  /// Hears of the end of processes.
  @FunctionalInterface
  public interface Listener {
    /// @param killed by SIGKILL, whoever sent it
    void ended(int pid, boolean killed);
  }

  FakeProcesses(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Starts a process that enters this cgroup in every tree that has it, as a launcher's child
  /// does. Returns its pid.
  public int start(CgroupPath cgroup) {
    int pid = kernel.call(this::freePid);
    start(cgroup, pid);
    return pid;
  }

  private int freePid() {
    Set<Integer> taken = new TreeSet<>(kernel.pids());
    int pid = FIRST_PID;
    while (taken.contains(pid)) {
      pid++;
    }
    return pid;
  }

  /// The same with a pid of the test's choice.
  ///
  /// In a cgroup2 tree it is born inside: after `cgroup.kill` it is killed at once, as on Linux
  /// since 6.13.
  ///
  /// @throws CgroupException when a cgroup takes no process in; then there is none
  public void start(CgroupPath cgroup, int pid) {
    List<Path> directories =
        kernel.trees().stream()
            .map(tree -> tree.mount().resolve(cgroup.toString()))
            .filter(directory -> kernel.call(() -> kernel.find(directory)).isPresent())
            .toList();
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("there is no cgroup " + cgroup);
    }
    act(() -> {
      FakeProcess newborn = kernel.fork(pid);
      try {
        enter(newborn, directories);
        if (directories.stream().anyMatch(this::killsNewborn)) {
          newborn.kill();
        }
      } catch (CgroupException e) {
        kernel.end(pid);
        throw e;
      }
    });
  }

  /// Puts a process into this one directory; a pid that is not known yet is a new process, in the
  /// root of every other tree.
  public void put(Path directory, int pid) {
    act(() -> enter(kernel.findProcess(pid).orElseGet(() -> kernel.fork(pid)), List.of(directory)));
  }

  private void enter(FakeProcess process, List<Path> directories) {
    for (Path directory : directories) {
      Node node = node(directory);
      try {
        kernel.move(process, node);
      } catch (Refusal e) {
        throw CgroupException.of("enter", directory, e.errno());
      }
    }
  }

  private boolean killsNewborn(Path directory) {
    return node(directory).part(CoreV2.class).filter(CoreV2::killsNewborn).isPresent();
  }

  private Node node(Path directory) {
    return kernel
        .find(directory)
        .orElseThrow(() -> new IllegalArgumentException("there is no cgroup " + directory));
  }

  /// SIGKILL. Returns false when there is no such process. One that is stuck, or frozen by v1's
  /// freezer, dies later.
  public boolean kill(int pid) {
    boolean found =
        kernel.call(() -> {
          kernel.findProcess(pid).ifPresent(FakeProcess::kill);
          return kernel.findProcess(pid).isPresent();
        });
    kernel.watchers().awaitDelivery();
    return found;
  }

  /// The process exits by itself.
  public void end(int pid) {
    act(() -> kernel.end(require(pid)));
  }

  /// Puts the process into, or wakes it from, an uninterruptible sleep, in which it can neither be
  /// killed nor frozen.
  public void setStuck(int pid, boolean stuck) {
    act(() -> kernel.setStuck(require(pid), stuck));
  }

  public boolean isAlive(int pid) {
    return kernel.call(() -> kernel.findProcess(pid)).isPresent();
  }

  /// All that live, in ascending order.
  public List<Integer> pids() {
    return kernel.call(kernel::pids);
  }

  /// Runs on the thread that runs the actions of watches.
  public void onEnd(Listener listener) {
    kernel.run(() -> kernel.onEnd(listener::ended));
  }

  /// Runs `action` as if this process did it: a `0` that it writes to `tasks` or `cgroup.procs` is
  /// the process itself.
  public void as(int pid, Runnable action) {
    kernel.as(require(pid), action);
  }

  private int require(int pid) {
    if (kernel.findProcess(pid).isEmpty()) {
      throw new IllegalArgumentException("there is no process " + pid);
    }
    return pid;
  }

  private void act(Runnable action) {
    kernel.run(action);
    kernel.watchers().awaitDelivery();
  }
}
