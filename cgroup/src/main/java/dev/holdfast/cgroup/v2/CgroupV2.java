package dev.holdfast.cgroup.v2;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuController;
import dev.holdfast.cgroup.CpusetController;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.PidsController;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.Sampler;
import dev.holdfast.cgroup.files.CgroupTree;
import dev.holdfast.cgroup.files.PidsFiles;
import dev.holdfast.cgroup.files.UnifiedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// One directory of the cgroup2 tree.
final class CgroupV2 implements Cgroup {
  private static final String SUBTREE_CONTROL = "cgroup.subtree_control";

  private final CgroupFs fs;
  private final Path mount;
  private final CgroupPath path;
  private final Set<Controller> controllers;
  private final Path directory;
  private final UnifiedFiles core;

  CgroupV2(CgroupFs fs, Path mount, CgroupPath path, Set<Controller> controllers) {
    this.fs = fs;
    this.mount = mount;
    this.path = path;
    this.controllers = controllers.isEmpty() ? Set.of() : EnumSet.copyOf(controllers);
    directory = mount.resolve(path.toString());
    core = new UnifiedFiles(fs, directory);
  }

  @Override
  public CgroupPath path() {
    return path;
  }

  @Override
  public Cgroup child(String name) {
    return new CgroupV2(fs, mount, path.child(name), controllers);
  }

  @Override
  public Optional<Cgroup> parent() {
    return path.parent().map(it -> new CgroupV2(fs, mount, it, controllers));
  }

  @Override
  public List<Path> directories() {
    return List.of(directory);
  }

  @Override
  public void create() {
    fs.makeDirectory(directory);
  }

  @Override
  public List<Path> ensure() {
    List<Path> made = new ArrayList<>();
    Optional<CgroupPath> parent = path.parent();
    try {
      parent.ifPresent(it -> made.addAll(new CgroupV2(fs, mount, it, controllers).ensure()));
      lendControllers(parent.map(it -> mount.resolve(it.toString())).orElse(mount));
      makeWhereMissing(made);
      return made;
    } catch (CgroupException e) {
      CgroupTree.takeBack(fs, made, e);
      throw e;
    }
  }

  private void makeWhereMissing(List<Path> made) {
    try {
      fs.makeDirectory(directory);
      made.add(directory);
    } catch (CgroupException.Busy there) {
      // EAGAIN is Busy, too: no cgroup more fits below cgroup.max.descendants.
      if (!fs.exists(directory)) {
        throw there;
      }
    }
  }

  /// A child has a controller only if its parent says so. Read first: the write takes the kernel's
  /// global cgroup lock even when it changes nothing.
  private void lendControllers(Path parent) {
    Path file = parent.resolve(SUBTREE_CONTROL);
    Set<String> enabled = Set.of(fs.read(file).strip().split(" ", -1));
    StringBuilder missing = new StringBuilder();
    for (Controller controller : controllers) {
      if (controller != Controller.CPUACCT
          && controller != Controller.FREEZER
          && !enabled.contains(controller.kernelName())) {
        missing.append(missing.isEmpty() ? "+" : " +").append(controller.kernelName());
      }
    }
    if (!missing.isEmpty()) {
      fs.write(file, missing.toString());
    }
  }

  @Override
  public void remove() {
    CgroupTree.remove(fs, directory);
  }

  @Override
  public void removeUnused() {
    CgroupTree.removeUnused(fs, directory);
  }

  @Override
  public void removeUnused(Set<Path> among) {
    if (among.contains(directory)) {
      removeUnused();
    }
  }

  @Override
  public boolean exists() {
    return fs.exists(directory);
  }

  @Override
  public List<Path> missing() {
    return exists() ? List.of() : List.of(directory);
  }

  @Override
  public Set<String> children() {
    try {
      return new TreeSet<>(fs.children(directory));
    } catch (CgroupException.NotFound gone) {
      return Set.of();
    }
  }

  @Override
  public Set<Integer> processes() {
    return core.population().processes();
  }

  @Override
  public Entry entry() {
    return new Entry(List.of(), Optional.of(directory));
  }

  @Override
  public Optional<CpuController> cpu() {
    return controllers.contains(Controller.CPU)
        ? Optional.of(new CpuV2(fs, directory))
        : Optional.empty();
  }

  @Override
  public Optional<MemoryController> memory() {
    return controllers.contains(Controller.MEMORY)
        ? Optional.of(new MemoryV2(fs, directory))
        : Optional.empty();
  }

  @Override
  public Optional<CpusetController> cpuset() {
    return controllers.contains(Controller.CPUSET)
        ? Optional.of(new CpusetV2(fs, directory))
        : Optional.empty();
  }

  @Override
  public Optional<PidsController> pids() {
    return controllers.contains(Controller.PIDS)
        ? Optional.of(new PidsFiles(fs, directory))
        : Optional.empty();
  }

  @Override
  public Optional<Freezer> freezer() {
    return Optional.of(core.freezer());
  }

  @Override
  public Optional<Path> killFile() {
    return Optional.of(core.killFile());
  }

  @Override
  public void killAll() {
    fs.write(core.killFile(), "1");
  }

  @Override
  public Optional<Population> population() {
    return Optional.of(core.population());
  }

  @Override
  public Optional<Pressure> pressure(Pressure.Resource resource) {
    return core.pressure(resource);
  }

  @Override
  public Sampler sampler() {
    return new SamplerV2(fs, directory, controllers);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
