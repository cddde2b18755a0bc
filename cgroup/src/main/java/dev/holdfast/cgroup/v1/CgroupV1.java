package dev.holdfast.cgroup.v1;

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
import dev.holdfast.cgroup.files.ControlText;
import dev.holdfast.cgroup.files.PidsFiles;
import dev.holdfast.cgroup.files.UnifiedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// One logical cgroup: a directory in the hierarchy of each of its controllers, and one in the
/// cgroup2 tree of a hybrid host.
final class CgroupV1 implements Cgroup {
  private final CgroupFs fs;
  private final Map<Controller, Path> mounts;
  private final Optional<Path> unifiedMount;
  private final CgroupPath path;
  private final Map<Controller, Path> directories = new EnumMap<>(Controller.class);

  /// Each once, though several controllers share a hierarchy.
  private final List<Path> hierarchies;

  private final Optional<Path> unified;

  CgroupV1(
      CgroupFs fs, Map<Controller, Path> mounts, Optional<Path> unifiedMount, CgroupPath path) {
    this.fs = fs;
    this.mounts = mounts;
    this.unifiedMount = unifiedMount;
    this.path = path;
    String relative = path.toString();
    for (Map.Entry<Controller, Path> mount : mounts.entrySet()) {
      directories.put(mount.getKey(), mount.getValue().resolve(relative));
    }
    hierarchies = List.copyOf(new LinkedHashSet<>(directories.values()));
    unified = unifiedMount.map(mount -> mount.resolve(relative));
  }

  @Override
  public CgroupPath path() {
    return path;
  }

  @Override
  public Cgroup child(String name) {
    return new CgroupV1(fs, mounts, unifiedMount, path.child(name));
  }

  @Override
  public Optional<Cgroup> parent() {
    return path.parent().map(it -> new CgroupV1(fs, mounts, unifiedMount, it));
  }

  @Override
  public List<Path> directories() {
    List<Path> all = new ArrayList<>(hierarchies);
    unified.ifPresent(all::add);
    return all;
  }

  @Override
  public void create() {
    List<Path> made = new ArrayList<>();
    try {
      for (Path directory : directories()) {
        fs.makeDirectory(directory);
        made.add(directory);
      }
      inheritCpus();
    } catch (CgroupException e) {
      CgroupTree.takeBack(fs, made, e);
      throw e;
    }
  }

  @Override
  public List<Path> ensure() {
    List<Path> made = new ArrayList<>();
    try {
      path.parent()
          .ifPresent(
              parent -> made.addAll(new CgroupV1(fs, mounts, unifiedMount, parent).ensure()));
      for (Path directory : directories()) {
        try {
          fs.makeDirectory(directory);
          made.add(directory);
        } catch (CgroupException.Busy there) {
          requireThere(directory, there);
        }
      }
      inheritCpus();
      countChildrensMemory();
      return made;
    } catch (CgroupException e) {
      CgroupTree.takeBack(fs, made, e);
      throw e;
    }
  }

  /// EAGAIN is Busy, too: no cgroup more fits below `cgroup.max.descendants`.
  private void requireThere(Path directory, CgroupException.Busy busy) {
    if (!fs.exists(directory)) {
      throw busy;
    }
  }

  /// A new cpuset has no CPU and no memory node, and takes no process in.
  private void inheritCpus() {
    Path directory = directories.get(Controller.CPUSET);
    if (directory == null) {
      return;
    }
    for (String name : List.of("cpuset.cpus", "cpuset.mems")) {
      Path file = directory.resolve(name);
      if (fs.read(file).isBlank()) {
        fs.write(file, fs.read(directory.resolveSibling(name)).strip());
      }
    }
  }

  /// Before Linux 5.11 a parent's memory does not include its children's unless it is told so,
  /// while it has none.
  private void countChildrensMemory() {
    Path directory = directories.get(Controller.MEMORY);
    if (directory == null) {
      return;
    }
    Path file = directory.resolve("memory.use_hierarchy");
    try {
      if (ControlText.number(fs, file) == 0) {
        fs.write(file, "1");
      }
    } catch (CgroupException.NotFound always) {
      return; // CONFIG_MEMCG_V1 may one day do without the file
    }
  }

  @Override
  public void remove() {
    for (Path directory : directories()) {
      CgroupTree.remove(fs, directory);
    }
  }

  @Override
  public void removeUnused() {
    removeUnused(Set.copyOf(directories()));
  }

  @Override
  public void removeUnused(Set<Path> among) {
    for (Path directory : directories()) {
      if (among.contains(directory)) {
        CgroupTree.removeUnused(fs, directory);
      }
    }
  }

  @Override
  public boolean exists() {
    for (Path directory : directories()) {
      if (fs.exists(directory)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<Path> missing() {
    return directories().stream().filter(directory -> !fs.exists(directory)).toList();
  }

  @Override
  public Set<String> children() {
    Set<String> names = new TreeSet<>();
    for (Path directory : directories()) {
      try {
        names.addAll(fs.children(directory));
      } catch (CgroupException.NotFound gone) {
        // no cgroup, no children
      }
    }
    return names;
  }

  @Override
  public Set<Integer> processes() {
    Set<Integer> pids = new TreeSet<>();
    for (Path directory : directories()) {
      CgroupTree.collectProcesses(fs, directory, pids);
    }
    return pids;
  }

  @Override
  public Entry entry() {
    List<Path> tasks = new ArrayList<>();
    for (Path directory : hierarchies) {
      tasks.add(directory.resolve("tasks"));
    }
    return new Entry(tasks, unified);
  }

  @Override
  public Optional<CpuController> cpu() {
    return directory(Controller.CPU)
        .map(directory ->
            new CpuV1(fs, directory, directories.getOrDefault(Controller.CPUACCT, directory)));
  }

  @Override
  public Optional<MemoryController> memory() {
    return directory(Controller.MEMORY).map(directory -> new MemoryV1(fs, directory));
  }

  @Override
  public Optional<CpusetController> cpuset() {
    return directory(Controller.CPUSET).map(directory -> new CpusetV1(fs, directory));
  }

  @Override
  public Optional<PidsController> pids() {
    return directory(Controller.PIDS).map(directory -> new PidsFiles(fs, directory));
  }

  @Override
  public Optional<Freezer> freezer() {
    return unified
        .map(directory -> new UnifiedFiles(fs, directory).freezer())
        .or(() -> directory(Controller.FREEZER).map(directory -> new FreezerV1(fs, directory)));
  }

  @Override
  public Optional<Path> killFile() {
    return unified.map(directory -> new UnifiedFiles(fs, directory).killFile());
  }

  @Override
  public void killAll() {
    Path file =
        killFile()
            .orElseThrow(() ->
                new CgroupException.NotFound(
                    "a v1 cgroup has no cgroup.kill", hierarchies.getFirst()));
    fs.write(file, "1");
  }

  @Override
  public Optional<Population> population() {
    return unified.map(directory -> new UnifiedFiles(fs, directory).population());
  }

  @Override
  public Optional<Pressure> pressure(Pressure.Resource resource) {
    return unified.flatMap(directory -> new UnifiedFiles(fs, directory).pressure(resource));
  }

  @Override
  public Sampler sampler() {
    return new SamplerV1(fs, directories, unified);
  }

  private Optional<Path> directory(Controller controller) {
    return Optional.ofNullable(directories.get(controller));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
