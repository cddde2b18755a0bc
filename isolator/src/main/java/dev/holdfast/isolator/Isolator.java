package dev.holdfast.isolator;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.isolator.launcher.LauncherProgram;
import dev.holdfast.isolator.life.CgroupRoot;
import dev.holdfast.isolator.life.RunActor;
import dev.holdfast.isolator.life.RunDirectory;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Path;
import java.util.Set;

/// Runs commands in cgroups of their own, in this process: the counterpart of [ProcessBuilder] that
/// can limit, and kill a whole tree.
///
/// A run ends with the process that launched it, however that ends. Needs root. Thread-safe.
public final class Isolator implements AutoCloseable {
  private final IsolatorConfig config;
  private final Hierarchy hierarchy;
  private final Preflight preflight;
  private final ProcFs proc;
  private final KernelEvents events;
  private final CpuLedger ledger;

  private Isolator(
      IsolatorConfig config, Layout layout, Hierarchy hierarchy, ProcFs proc, KernelEvents events) {
    this.config = config;
    this.hierarchy = hierarchy;
    this.proc = proc;
    this.events = events;
    preflight = new Preflight(layout, hierarchy, proc);
    ledger = new CpuLedger(proc::cpus);
  }

  /// Finds out what this host offers; touches nothing.
  ///
  /// @throws IsolatorException without root, and without cgroups
  public static Isolator open(IsolatorConfig config) {
    if (!Host.isRoot()) {
      throw new IsolatorException("making cgroups needs root: run it as root, e.g. with sudo");
    }
    ProcFs proc = ProcFs.system();
    KernelEvents events = new KernelEvents();
    try {
      CgroupFs fs = new KernelCgroupFs(events);
      Layout layout = CgroupHost.detect(proc.mounts(), fs, KernelVersion.running());
      Hierarchy hierarchy =
          CgroupHost.hierarchy(layout, fs)
              .orElseThrow(() ->
                  new IsolatorException(
                      "no cgroup file system is mounted: " + ControllerAdvice.mountV2()));
      return new Isolator(config, layout, hierarchy, proc, events);
    } catch (RuntimeException e) {
      events.close();
      throw e;
    }
  }

  /// Starts a run whose stdin, stdout and stderr are those of this process, and returns when its
  /// program runs, or its [Verdict.LaunchFailed] is known.
  ///
  /// @throws IsolatorException when it cannot be set up; nothing of it is left then
  public Run launch(ExecutorSpec spec) {
    Set<Controller> controllers = preflight.check(spec);
    Path program = LauncherProgram.locate(config.libraryDirectory());
    RunActor run =
        new RunActor(
            RunId.random(),
            spec,
            new RunActor.Surroundings(
                new CgroupRoot(
                    hierarchy, config.root(), RunDirectory.lockFile(config.runtimeDirectory())),
                controllers,
                config.runtimeDirectory(),
                program,
                config.destroyTimeout(),
                ledger,
                proc,
                Host.onlineCpus(),
                events));
    config.threads().newThread(run::live).start();
    run.awaitLaunch();
    return run;
  }

  /// Ends the watch over runs; await them first.
  @Override
  public void close() {
    events.close();
  }
}
