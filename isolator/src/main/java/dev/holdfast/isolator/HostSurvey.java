package dev.holdfast.isolator;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Control;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.isolator.launcher.LauncherProgram;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Mounts;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.linux.proc.Subsystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Finds out what a host offers, by making a cgroup and looking at what it got.
public final class HostSurvey {
  private final IsolatorConfig config;
  private final Layout layout;
  private final CgroupFs fs;
  private final List<Subsystem> subsystems;
  private final KernelVersion kernel;
  private final List<HostReport.Feature> features = new ArrayList<>();

  private HostSurvey(
      IsolatorConfig config,
      Layout layout,
      CgroupFs fs,
      List<Subsystem> subsystems,
      KernelVersion kernel) {
    this.config = config;
    this.layout = layout;
    this.fs = fs;
    this.subsystems = subsystems;
    this.kernel = kernel;
  }

  /// Looks; without root at less, and says so.
  public static HostReport survey(IsolatorConfig config) {
    ProcFs proc = ProcFs.system();
    KernelVersion kernel = KernelVersion.running();
    try (KernelEvents events = new KernelEvents();
        KernelCgroupFs fs = new KernelCgroupFs(events)) {
      Layout layout = CgroupHost.detect(proc.mounts(), fs, kernel);
      HostSurvey survey = new HostSurvey(config, layout, fs, proc.subsystems(), kernel);
      survey.look();
      return new HostReport(kernel.toString(), describe(layout), survey.features);
    }
  }

  private void look() {
    boolean root = Host.isRoot();
    add("root", root, root ? "effective uid 0" : "not root", "run it as root, e.g. with sudo");
    lookAtCgroups(root);
    lookAtLauncher();
    lookAtRuntimeDirectory();
  }

  private void lookAtCgroups(boolean root) {
    Optional<Hierarchy> hierarchy = CgroupHost.hierarchy(layout, fs);
    if (hierarchy.isEmpty()) {
      add("cgroups", false, "none mounted", ControllerAdvice.mountV2());
      return;
    }
    CgroupPath path =
        config
            .root()
            .child(RunName.of(new ExecutorId("holdfast", "doctor"), RunId.random()).toString());
    if (!root) {
      lookAtControls(path, false);
      return;
    }
    Cgroup probe = hierarchy.get().cgroup(path, hierarchy.get().controllers());
    List<Path> made = List.of();
    try {
      made = probe.ensure();
      lookAtControls(path, true);
    } catch (CgroupException refused) {
      add(
          "cgroups of our own",
          false,
          String.valueOf(refused.getMessage()),
          "mount cgroupfs writable, and give "
              + config.root()
              + " a cgroup above it that may have children");
    }
    for (Path directory : made.reversed()) {
      try {
        fs.removeDirectory(directory);
      } catch (CgroupException inUse) {
        // a run has begun meanwhile, and will remove it
      }
    }
  }

  private void lookAtControls(CgroupPath path, boolean made) {
    look("cpu shares", Control.CPU_SHARES, path, made, "");
    look("cpu quota", Control.CPU_QUOTA, path, made, "boot a kernel with CONFIG_CFS_BANDWIDTH");
    look("cpu burst", Control.CPU_BURST, path, made, "boot Linux 5.14 or later");
    look("cpu time", Control.CPU_TIME, path, made, "");
    look("cpus to run on", Control.CPUSET, path, made, "");
    look("memory limit", Control.MEMORY_LIMIT, path, made, "");
    look("swap limit", Control.SWAP_LIMIT, path, made, "boot with swapaccount=1");
    look("memory peak", Control.MEMORY_PEAK, path, made, "boot Linux 5.19 or later");
    look("out-of-memory report", Control.OUT_OF_MEMORY, path, made, "");
    look("pids limit", Control.PIDS_LIMIT, path, made, "");
    lookAtKill(path, made);
    look("pause", Control.FREEZE, path, made, "boot Linux 5.2 or later");
    look(
        "pressure (PSI)",
        Control.PRESSURE,
        path,
        made,
        "mount a cgroup2 tree, and boot with psi=1 if it has no memory.pressure");
  }

  private void lookAtKill(CgroupPath path, boolean made) {
    Optional<Path> file = Control.KILL.locate(layout, path);
    boolean byFile = file.isPresent() && (made ? fs.exists(file.get()) : kernel.isAtLeast(5, 14));
    boolean byFreezer = Control.FREEZE.locate(layout, path).isPresent();
    add(
        "whole-tree kill",
        byFile || byFreezer,
        byFile
            ? describe(Control.KILL, file.get(), path)
            : byFreezer ? "freeze, SIGKILL to each, thaw" : "neither cgroup.kill nor a freezer",
        ControllerAdvice.missing(Controller.FREEZER, layout, subsystems));
  }

  private void look(String name, Control control, CgroupPath path, boolean made, String fix) {
    Optional<Path> file = control.locate(layout, path);
    boolean there = file.isPresent() && (!made || fs.exists(file.get()));
    boolean controllerThere =
        CgroupHost.hierarchy(layout, fs).orElseThrow().controllers().contains(control.controller());
    add(
        name,
        there && controllerThere,
        there && controllerThere
            ? describe(control, file.get(), path)
            : controllerThere
                ? "the kernel has no such control"
                : "no " + control.controller() + " controller",
        controllerThere ? fix : ControllerAdvice.missing(control.controller(), layout, subsystems));
  }

  private static String describe(Control control, Path file, CgroupPath cgroup) {
    String mount = file.toString().substring(0, file.toString().indexOf("/" + cgroup));
    String text = file.getFileName() + " in " + mount;
    if (control != Control.OUT_OF_MEMORY) {
      return text;
    }
    return file.endsWith("memory.oom_control")
        ? text + ": processes are held at the limit and looked at"
        : text + ": the kernel kills, the report has the last look before";
  }

  private void lookAtLauncher() {
    try {
      Path program = LauncherProgram.locate(config.libraryDirectory());
      add("executor-launcher", true, program.toString(), "");
    } catch (IsolatorException e) {
      add("executor-launcher", false, String.valueOf(e.getMessage()), "build it: see README.md");
    }
  }

  private void lookAtRuntimeDirectory() {
    Path directory = config.runtimeDirectory();
    Path existing = directory;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      boolean memory = Mounts.statfs(existing).type() == Mounts.TMPFS_MAGIC;
      add(
          "runtime directory",
          Files.isWritable(existing),
          directory + (memory ? " on tmpfs" : " (not on tmpfs: slower, and outlives a reboot)"),
          "make " + existing + " writable");
    } catch (LinuxException e) {
      add("runtime directory", false, String.valueOf(e.getMessage()), "make " + directory);
    }
  }

  private void add(String name, boolean available, String mechanism, String fix) {
    features.add(
        new HostReport.Feature(
            name,
            available,
            mechanism,
            available || fix.isEmpty() ? Optional.empty() : Optional.of(fix)));
  }

  /// In one line, for a person.
  static String describe(Layout layout) {
    return switch (layout) {
      case Layout.V1(var mounts) -> "v1 (" + controllers(mounts.keySet()) + ")";
      case Layout.Hybrid(var mounts, var unified) ->
          "hybrid: v1 (" + controllers(mounts.keySet()) + ") and a cgroup2 tree at " + unified;
      case Layout.V2(var mount, var available) ->
          "v2 at " + mount + " (" + controllers(available) + ")";
      case Layout.None() -> "none";
    };
  }

  private static String controllers(java.util.Set<Controller> controllers) {
    StringBuilder list = new StringBuilder();
    for (Controller controller : new TreeSet<>(controllers)) {
      list.append(list.isEmpty() ? "" : " ").append(controller);
    }
    return list.toString();
  }
}
