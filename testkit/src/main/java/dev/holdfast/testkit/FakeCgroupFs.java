package dev.holdfast.testkit;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Pressure;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.Mount;
import dev.holdfast.testkit.fake.CpuTime;
import dev.holdfast.testkit.fake.Kernel;
import dev.holdfast.testkit.fake.Machine;
import dev.holdfast.testkit.fake.MemoryPart;
import dev.holdfast.testkit.fake.PidsPart;
import dev.holdfast.testkit.fake.Refusal;
import dev.holdfast.testkit.fake.Tree;
import dev.holdfast.testkit.fake.v1.MemoryV1;
import dev.holdfast.testkit.fake.v1.PartsV1;
import dev.holdfast.testkit.fake.v2.CoreV2;
import dev.holdfast.testkit.fake.v2.IoV2;
import dev.holdfast.testkit.fake.v2.PartsV2;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A cgroupfs in memory that behaves as Linux 6.18 does on a machine with four CPUs and no swap:
/// [dev.holdfast.testkit.contract.CgroupFsContract] runs on it and on the kernel.
///
/// Thread-safe. Watches run their actions on one thread; the methods that are not of [CgroupFs]
/// make something happen, and return when all of it has been announced.
public final class FakeCgroupFs implements CgroupFs {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final Set<Controller> V2_CONTROLLERS =
      EnumSet.of(
          Controller.CPU, Controller.CPUSET, Controller.IO, Controller.MEMORY, Controller.PIDS);
  private static final Set<Controller> V1_CONTROLLERS =
      EnumSet.complementOf(EnumSet.of(Controller.IO));

  private final Map<Path, Tree.Parts> mounts;
  private final Machine machine;
  private final Kernel kernel;
  private final FakeProcesses processes;

  private FakeCgroupFs(Map<Path, Tree.Parts> mounts, Machine machine) {
    this.mounts = mounts;
    this.machine = machine;
    kernel = new Kernel(machine);
    mounts.forEach(kernel::mount);
    processes = new FakeProcesses(kernel);
  }

  /// v1, one hierarchy for each controller.
  public static FakeCgroupFs v1Split() {
    Map<Path, Tree.Parts> mounts = new LinkedHashMap<>();
    for (Controller controller : V1_CONTROLLERS) {
      mounts.put(ROOT.resolve(controller.kernelName()), new PartsV1(Set.of(controller)));
    }
    return new FakeCgroupFs(mounts, Machine.USUAL);
  }

  /// v1, all controllers in one hierarchy.
  public static FakeCgroupFs v1Together() {
    return new FakeCgroupFs(
        Map.of(ROOT.resolve("all"), new PartsV1(V1_CONTROLLERS)), Machine.USUAL);
  }

  /// v1 as systemd mounts it, with a cgroup2 tree that has no controllers.
  public static FakeCgroupFs hybrid() {
    Map<Path, Tree.Parts> mounts = new LinkedHashMap<>();
    mounts.put(
        ROOT.resolve("cpu,cpuacct"), new PartsV1(EnumSet.of(Controller.CPU, Controller.CPUACCT)));
    for (Controller controller :
        List.of(Controller.CPUSET, Controller.MEMORY, Controller.PIDS, Controller.FREEZER)) {
      mounts.put(ROOT.resolve(controller.kernelName()), new PartsV1(Set.of(controller)));
    }
    mounts.put(ROOT.resolve("unified"), new PartsV2(Set.of()));
    return new FakeCgroupFs(mounts, Machine.USUAL);
  }

  /// v2 alone; no controller is given to the root's children yet.
  public static FakeCgroupFs v2() {
    return new FakeCgroupFs(Map.of(ROOT, new PartsV2(V2_CONTROLLERS)), Machine.USUAL);
  }

  /// A new one of the same layout, without the control files that this kernel did not have.
  public FakeCgroupFs withKernel(KernelVersion version) {
    return new FakeCgroupFs(
        mounts, new Machine(version, machine.cpus(), machine.swap(), machine.pressure()));
  }

  /// A new one of the same layout on a machine with so many CPUs.
  public FakeCgroupFs withCpus(int cpus) {
    return new FakeCgroupFs(
        mounts, new Machine(machine.kernel(), cpus, machine.swap(), machine.pressure()));
  }

  /// A new one of the same layout that does not count swap.
  public FakeCgroupFs withoutSwapAccounting() {
    return new FakeCgroupFs(
        mounts, new Machine(machine.kernel(), machine.cpus(), false, machine.pressure()));
  }

  /// A new one of the same layout without stall information.
  public FakeCgroupFs withoutPressure() {
    return new FakeCgroupFs(
        mounts, new Machine(machine.kernel(), machine.cpus(), machine.swap(), false));
  }

  public KernelVersion kernelVersion() {
    return machine.kernel();
  }

  /// What `/proc/self/mountinfo` says.
  public List<Mount> mounts() {
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    int id = 30;
    for (Tree tree : kernel.trees()) {
      lines.add(
          "%d 25 0:%d / %s rw,relatime - %s"
              .formatted(id, id, tree.mount(), tree.parts().mountInfo()));
      id++;
    }
    return Mount.parseAll(lines.toString());
  }

  public Layout layout() {
    return CgroupHost.detect(mounts(), this, machine.kernel());
  }

  public Hierarchy hierarchy() {
    return CgroupHost.hierarchy(layout(), this).orElseThrow();
  }

  public FakeProcesses processes() {
    return processes;
  }

  @Override
  public String read(Path file) {
    return attempt("read", file, () -> kernel.control(file).reader().get());
  }

  /// An empty value changes nothing: `write(2)` of no bytes does not reach the kernel's handler.
  @Override
  public void write(Path file, String value) {
    attempt(
        "write '" + value + "' to",
        file,
        () -> {
          var control = kernel.control(file);
          if (!value.isEmpty()) {
            control.writer().accept(value);
            kernel.watchers().modified(file);
          }
          return file;
        });
  }

  @Override
  public void makeDirectory(Path directory) {
    attempt(
        "mkdir",
        directory,
        () -> {
          kernel.makeDirectory(directory);
          return directory;
        });
  }

  @Override
  public void removeDirectory(Path directory) {
    attempt(
        "rmdir",
        directory,
        () -> {
          kernel.removeDirectory(directory);
          return directory;
        });
  }

  @Override
  public List<String> children(Path directory) {
    return attempt(
        "list", directory, () -> List.copyOf(kernel.node(directory).children().keySet()));
  }

  @Override
  public boolean exists(Path file) {
    return kernel.call(() -> kernel.find(file).isPresent() || kernel.findControl(file).isPresent());
  }

  @Override
  public Watch onModification(Path file, Runnable action) {
    return attempt(
        "watch",
        file,
        () -> {
          var _ = kernel.control(file);
          return kernel.watchers().onModification(file, action);
        });
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    return attempt(
        "watch",
        control,
        () -> {
          var opened = kernel.control(control);
          var _ = kernel.control(eventControl);
          if (!control.endsWith("memory.oom_control")
              || !control.resolveSibling("cgroup.event_control").equals(eventControl)) {
            throw new Refusal(Errno.EINVAL);
          }
          Watch watch = kernel.watchers().onEvent(control, action);
          if (opened.reader().get().contains("under_oom 1")) {
            kernel.watchers().event(control);
          }
          return watch;
        });
  }

  private <T> T attempt(String action, Path path, Supplier<T> operation) {
    try {
      return kernel.call(operation);
    } catch (Refusal e) {
      throw CgroupException.of(action, path, e.errno());
    }
  }

  // What happens to cgroups without anybody's writing.

  /// What the cgroup's own processes hold in anonymous memory.
  ///
  /// @throws IllegalArgumentException when a cap does not allow it
  public void setUsage(CgroupPath cgroup, Bytes anonymous) {
    make(MemoryPart.class, cgroup, it -> it.setAnonymous(anonymous.count()));
  }

  /// What the kernel holds for them and can drop.
  ///
  /// @throws IllegalArgumentException when a cap does not allow it
  public void setPageCache(CgroupPath cgroup, Bytes pageCache) {
    make(MemoryPart.class, cgroup, it -> it.setPageCache(pageCache.count()));
  }

  /// The cgroup's processes allocate until a cap, its own or one above, is final: the processes
  /// wait there when the OOM killer is off, else it ends the one that holds the most.
  ///
  /// @throws IllegalArgumentException when no cap is set
  public void triggerOom(CgroupPath cgroup) {
    make(MemoryPart.class, cgroup, MemoryPart::runOut);
  }

  /// The host is out of memory, and its OOM killer ends the process of the cgroup, or below it,
  /// that holds the most.
  public void killForHost(CgroupPath cgroup) {
    make(MemoryPart.class, cgroup, MemoryPart::killLargest);
  }

  /// Whether processes wait at a cap; never on v2.
  public boolean isUnderOom(CgroupPath cgroup) {
    return kernel.call(
        () -> part(MemoryPart.class, cgroup) instanceof MemoryV1 memory && memory.isUnderOom());
  }

  public void setCpuTime(CgroupPath cgroup, Duration user, Duration system) {
    make(CpuTime.Counting.class, cgroup, it -> it.time().setUsed(user, system));
  }

  public void setThrottling(
      CgroupPath cgroup, long periods, long throttledPeriods, Duration throttled) {
    make(
        CpuTime.Throttled.class,
        cgroup,
        it -> it.throttling().setThrottling(periods, throttledPeriods, throttled));
  }

  public void setPressure(CgroupPath cgroup, Pressure.Resource resource, Pressure pressure) {
    make(CoreV2.class, cgroup, it -> it.setPressure(resource, pressure));
  }

  /// What its processes have read from block devices and written to them.
  public void setIo(CgroupPath cgroup, Io io) {
    make(IoV2.class, cgroup, it -> it.set(io));
  }

  /// A fork in the cgroup fails at its `pids.max`.
  public void hitPidsLimit(CgroupPath cgroup) {
    make(PidsPart.class, cgroup, PidsPart::hitLimit);
  }

  private <P> void make(Class<P> type, CgroupPath cgroup, Consumer<P> happen) {
    kernel.run(() -> happen.accept(part(type, cgroup)));
    kernel.watchers().awaitDelivery();
  }

  private <P> P part(Class<P> type, CgroupPath cgroup) {
    return kernel.trees().stream()
        .flatMap(tree -> kernel.find(tree.mount().resolve(cgroup.toString())).stream())
        .flatMap(node -> node.part(type).stream())
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(cgroup + " has no " + type.getSimpleName()));
  }
}
