package dev.holdfast.it.kernel;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// This host's cgroups, and the names that tests may use in them: `holdfast-test-PID-N`. Those of a
/// test run that was killed are removed by the next.
final class TestHost implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("holdfast-test-([0-9]+)-[0-9]+");
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final KernelEvents events = new KernelEvents();
  private final KernelCgroupFs fs = new KernelCgroupFs(events);
  private final Layout layout =
      CgroupHost.detect(ProcFs.system().mounts(), fs, KernelVersion.running());
  private final Hierarchy hierarchy = CgroupHost.hierarchy(layout, fs).orElseThrow();

  CgroupFs fs() {
    return fs;
  }

  Layout layout() {
    return layout;
  }

  Hierarchy hierarchy() {
    return hierarchy;
  }

  CgroupPath freshPath() {
    return CgroupPath.parse(
        "holdfast-test-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet());
  }

  /// Ends what a dead test run has left, and removes its cgroups.
  void sweep() {
    for (String name : rootChildren()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        CgroupPath path = CgroupPath.parse(name);
        end(hierarchy.cgroup(path, hierarchy.controllers()));
        remove(path);
      }
    }
  }

  private Set<String> rootChildren() {
    Set<String> names = new TreeSet<>();
    for (Path directory : cgroup(freshPath()).directories()) {
      Path root = directory.getParent();
      if (root != null) {
        names.addAll(fs.children(root));
      }
    }
    return names;
  }

  private Cgroup cgroup(CgroupPath path) {
    return hierarchy.cgroup(path, hierarchy.controllers());
  }

  private static void end(Cgroup cgroup) {
    cgroup.children().forEach(child -> end(cgroup.child(child)));
    try {
      cgroup.freezer().ifPresent(freezer -> freezer.thaw());
    } catch (CgroupException.NotFound gone) {
      return;
    }
    for (int pid : cgroup.processes()) {
      boolean _ = Processes.kill(pid, Signal.KILL);
    }
  }

  /// Once its processes have left.
  void remove(CgroupPath path) {
    await(path + " has been removed", () -> isRemoved(path));
  }

  private boolean isRemoved(CgroupPath path) {
    try {
      cgroup(path).remove();
      return true;
    } catch (CgroupException.Busy busy) {
      return false;
    }
  }

  /// The kernel announces neither the entry nor the last step of a process' end, hence the polling.
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain until " + what);
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting until " + what, e);
      }
    }
  }

  @Override
  public void close() {
    fs.close();
    events.close();
  }
}
