package dev.holdfast.isolator;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Refuses what cannot be held, before anything is touched.
final class Preflight {
  private static final Path ONLINE_CPUS = Path.of("/sys/devices/system/cpu/online");

  private final Layout layout;
  private final Hierarchy hierarchy;
  private final Optional<Path> single;
  private final ProcFs proc;

  /// @param single the one mount point that may be used
  Preflight(Layout layout, Hierarchy hierarchy, Optional<Path> single, ProcFs proc) {
    this.layout = layout;
    this.hierarchy = hierarchy;
    this.single = single;
    this.proc = proc;
  }

  /// @param names the kernel's, of controllers that must be there, used by us or not
  /// @param attached those that are
  /// @throws IsolatorException naming all that are missing
  void requireControllers(Set<String> names, Set<String> attached) {
    Set<Controller> used = hierarchy.controllers();
    refuse(
        names.stream()
            .filter(name -> !attached.contains(name))
            .filter(name -> Controller.parse(name).filter(used::contains).isEmpty())
            .toList());
  }

  /// @throws InvalidSpecException when there is any
  private void refuse(List<String> missing) {
    if (missing.isEmpty()) {
      return;
    }
    if (single.isPresent()) {
      throw new InvalidSpecException(ControllerAdvice.missing(missing, single.get()));
    }
    throw new InvalidSpecException(
        missing.stream()
            .map(name -> ControllerAdvice.missing(name, layout, proc.subsystems()))
            .collect(Collectors.joining("; ")));
  }

  /// The controllers that a run of this spec is under: those that it needs, and those that count
  /// and kill.
  ///
  /// @throws InvalidSpecException when one that it needs is missing, or a limit is beyond this
  ///   machine
  Set<Controller> check(ExecutorSpec spec) {
    Set<Controller> available = hierarchy.controllers();
    refuse(
        needed(spec).stream()
            .filter(it -> !available.contains(it))
            .map(Controller::kernelName)
            .toList());
    checkCpus(spec.limits());
    return chosen(spec);
  }

  /// What a caller may make while the run's cgroups are made.
  ///
  /// @throws InvalidSpecException when the run's working directory is none
  static void checkFiles(ExecutorSpec spec) {
    spec.workDirectory().ifPresent(Preflight::checkDirectory);
  }

  /// The same for a run that is there already: nothing is checked.
  Set<Controller> chosen(ExecutorSpec spec) {
    return needed(spec).contains(Controller.CPUSET)
        ? EnumSet.copyOf(hierarchy.controllers())
        : always();
  }

  /// What each run is under, whatever it asks for.
  Set<Controller> always() {
    Set<Controller> always = EnumSet.copyOf(hierarchy.controllers());
    always.remove(Controller.CPUSET);
    return always;
  }

  private static void checkDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidSpecException(
          "the working directory "
              + directory
              + (Files.exists(directory) ? " is not a directory" : " does not exist"));
    }
  }

  private static Set<Controller> needed(ExecutorSpec spec) {
    Set<Controller> needed = EnumSet.of(Controller.FREEZER);
    needed.addAll(spec.limits().controllers());
    if (spec.cpuTimeout().isPresent()) {
      needed.add(Controller.CPUACCT);
      needed.add(Controller.CPU);
    }
    return needed;
  }

  private static void checkCpus(Limits limits) {
    if (limits.cpus().isEmpty() && limits.cpusetCpus().isEmpty()) {
      return;
    }
    CpuSet online = onlineCpus();
    if (limits.cpus().isPresent()
        && limits.cpus().get().compareTo(Cpus.ofWhole(online.size())) > 0) {
      throw new InvalidSpecException(
          limits.cpus().get() + " cpus are more than this machine has: " + online.size());
    }
    if (limits.cpusetCpus().isPresent()) {
      CpuSet absent = limits.cpusetCpus().get().minus(online);
      if (!absent.isEmpty()) {
        throw new InvalidSpecException(
            "cpu " + absent + " does not exist: this machine has " + online);
      }
    }
  }

  static CpuSet onlineCpus() {
    return CpuSet.parse(ControlFile.read(ONLINE_CPUS));
  }
}
