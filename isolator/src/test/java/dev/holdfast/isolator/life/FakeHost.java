package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.isolator.Detached;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.LauncherSource;
import dev.holdfast.isolator.launcher.SpawnedLaunchers;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FakeCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// A host on which nobody has used Holdfast yet, as a whole run needs it. Its cgroups are fake, its
/// launchers are real processes.
final class FakeHost implements AutoCloseable {
  static final CgroupPath ROOT = CgroupPath.parse("holdfast");
  private static final Duration DESTROY_TIMEOUT = Duration.ofSeconds(30);

  final FakeCgroupFs fake;
  final FaultyCgroupFs fs;
  final Hierarchy hierarchy;
  final CpuLedger ledger = Ground.ledger();
  private final Path runtime;
  private final NestedCgroups nested = new NestedCgroups();
  private final KernelEvents events = new KernelEvents();

  FakeHost(HostKind kind, Path runtime) {
    this.runtime = runtime;
    fake = kind.fake();
    fs = new FaultyCgroupFs(fake);
    hierarchy = CgroupHost.hierarchy(fake.layout(), fs).orElseThrow();
  }

  CgroupRoot root() {
    return new CgroupRoot(hierarchy, ROOT, RunDirectory.lockFile(runtime));
  }

  /// Somebody uses the root, and is the last one to.
  void useRoot() {
    try (CgroupRoot.Lease lease = root().lease(hierarchy.controllers())) {
      lease.release();
    }
  }

  /// One that has not begun to live.
  RunActor run(ExecutorSpec spec, Path launcher) {
    return RunActor.attached(
        RunId.random(), spec, around(launcher), Optional.empty(), RunObserver.NONE);
  }

  /// The same for one that would outlive this process.
  RunActor detached(ExecutorSpec spec, Path launcher, RunObserver observer) {
    return detached(spec, launcher, CompletableFuture.completedFuture(null), observer);
  }

  RunActor detached(
      ExecutorSpec spec, Path launcher, CompletableFuture<Void> written, RunObserver observer) {
    return detached(spec, new SpawnedLaunchers(launcher), written, observer);
  }

  RunActor detached(
      ExecutorSpec spec,
      LauncherSource launchers,
      CompletableFuture<Void> written,
      RunObserver observer) {
    Detached how =
        new Detached(
            Optional.empty(), runtime.resolve("stdout"), runtime.resolve("stderr"), 1 << 20, 2);
    return RunActor.detached(RunId.random(), spec, around(launchers), how, written, observer);
  }

  /// One that a process before this one has launched.
  RunActor adopted(RunId id, ExecutorSpec spec, Optional<Verdict> decided, RunObserver observer) {
    return RunActor.adopted(id, spec, around(Path.of("/nonexistent")), decided, observer);
  }

  private RunActor.Surroundings around(Path launcher) {
    return around(new SpawnedLaunchers(launcher));
  }

  private RunActor.Surroundings around(LauncherSource launchers) {
    return new RunActor.Surroundings(
        root(),
        hierarchy.controllers(),
        runtime,
        launchers,
        DESTROY_TIMEOUT,
        ledger,
        ProcFs.system(),
        () -> 1,
        nested,
        events);
  }

  /// Below the mount points, in all trees.
  Set<Path> cgroups() {
    Set<Path> all = new LinkedHashSet<>();
    fake.mounts().forEach(mount -> collect(mount.mountPoint(), all));
    return all;
  }

  private void collect(Path directory, Set<Path> all) {
    for (String child : fake.children(directory)) {
      all.add(directory.resolve(child));
      collect(directory.resolve(child), all);
    }
  }

  @Override
  public void close() {
    nested.close();
    events.close();
  }
}
