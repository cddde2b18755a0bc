package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.proc.Cpu;
import dev.holdfast.testkit.FakeCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs.Operation;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A host's cgroups as a run finds them: our root and the launchers' cgroup are there. All goes
/// through a [FaultyCgroupFs].
final class Ground {
  static final CgroupPath ROOT = CgroupPath.parse("holdfast");
  static final CgroupPath RUN = ROOT.child("run");

  final FakeCgroupFs fake;
  final FaultyCgroupFs fs;
  final Layout layout;
  final Hierarchy hierarchy;
  final Cgroup root;
  final Cgroup run;

  private Ground(FakeCgroupFs fake, Controller... without) {
    this(fake, new FaultyCgroupFs(fake), without);
  }

  /// @param fs goes to `fake` in the end
  private Ground(FakeCgroupFs fake, FaultyCgroupFs fs, Controller... without) {
    this.fake = fake;
    this.fs = fs;
    layout = fake.layout();
    hierarchy = CgroupHost.hierarchy(layout, fs).orElseThrow();
    Set<Controller> controllers = new LinkedHashSet<>(hierarchy.controllers());
    controllers.removeAll(List.of(without));
    root = hierarchy.cgroup(ROOT, controllers);
    run = root.child(RUN.name());
    hierarchy.cgroup(ROOT, controllers).child("launchers").ensure();
  }

  static Ground on(HostKind kind) {
    return on(kind.fake());
  }

  static Ground on(FakeCgroupFs fake) {
    return new Ground(fake);
  }

  static Ground without(HostKind kind, Controller... controllers) {
    return new Ground(kind.fake(), controllers);
  }

  /// With something between us and the fake.
  static Ground through(FakeCgroupFs fake, CgroupFs between) {
    return new Ground(fake, new FaultyCgroupFs(between));
  }

  /// The same with the cgroup of a run made.
  Ground withRun() {
    run.create();
    return this;
  }

  /// One with four CPUs, as the fake has them.
  static CpuLedger ledger() {
    return new CpuLedger(
        () -> List.of(new Cpu(0, 0, 0), new Cpu(1, 1, 0), new Cpu(2, 0, 1), new Cpu(3, 1, 1)));
  }

  Path mount(Controller controller) {
    return switch (layout) {
      case Layout.V1(var mounts) -> mount(mounts, controller);
      case Layout.Hybrid(var mounts, var _) -> mount(mounts, controller);
      case Layout.V2(var mount, var _) -> mount;
      case Layout.None() -> throw new IllegalStateException("no cgroup file system is mounted");
    };
  }

  private static Path mount(Map<Controller, Path> mounts, Controller controller) {
    return Optional.ofNullable(mounts.get(controller)).orElseThrow();
  }

  boolean isV2() {
    return layout instanceof Layout.V2;
  }

  Path file(CgroupPath cgroup, Controller controller, String name) {
    return mount(controller).resolve(cgroup.toString()).resolve(name);
  }

  /// What a control of the run says, past all faults.
  String read(Controller controller, String name) {
    return fake.read(file(RUN, controller, name)).strip();
  }

  /// The names of the controls that have been written, in order, with their values.
  List<String> writes() {
    List<String> writes = new ArrayList<>();
    for (Operation operation : fs.operations()) {
      if (operation.verb() == Verb.WRITE) {
        writes.add(operation.path().getFileName() + "=" + operation.value());
      }
    }
    return writes;
  }

  /// The cgroups below the mount points, in all trees.
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
}
