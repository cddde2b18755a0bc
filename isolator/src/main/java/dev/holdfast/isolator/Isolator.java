package dev.holdfast.isolator;

import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.KernelCgroupFs;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.cgroup.host.Layout;
import dev.holdfast.isolator.fetch.Fetch;
import dev.holdfast.isolator.fetch.FetchedRun;
import dev.holdfast.isolator.launcher.ForkServer;
import dev.holdfast.isolator.launcher.LauncherProgram;
import dev.holdfast.isolator.launcher.LauncherSource;
import dev.holdfast.isolator.launcher.SpawnedLaunchers;
import dev.holdfast.isolator.life.CgroupRoot;
import dev.holdfast.isolator.life.NestedCgroups;
import dev.holdfast.isolator.life.RootKeeper;
import dev.holdfast.isolator.life.RunActor;
import dev.holdfast.isolator.life.RunDirectory;
import dev.holdfast.isolator.opening.SingleHierarchy;
import dev.holdfast.isolator.pinning.CpuLedger;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.KernelEvents;
import dev.holdfast.linux.KernelVersion;
import dev.holdfast.linux.proc.Mount;
import dev.holdfast.linux.proc.ProcFs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Runs commands in cgroups of their own, in this process: the counterpart of [ProcessBuilder] that
/// can limit, and kill a whole tree.
///
/// A run ends with the process that launched it, however that ends, unless it was launched
/// [Detached]. Needs root. Thread-safe.
public final class Isolator implements AutoCloseable {
  private final IsolatorConfig config;
  private final Layout layout;
  private final Hierarchy hierarchy;
  private final Preflight preflight;
  private final ProcFs proc;
  private final KernelEvents events;
  private final KernelCgroupFs fs;
  private final CpuLedger ledger;
  private final NestedCgroups nested = new NestedCgroups();

  /// What [#holdRoot] has come to.
  private volatile Optional<RootKeeper> keeper = Optional.empty();

  /// What this isolator has mounted, while nothing lives in it.
  private Optional<SingleHierarchy.Made> mounted;

  /// Those that this process looks after.
  private final Set<RunId> live = ConcurrentHashMap.newKeySet();

  private Isolator(
      IsolatorConfig config,
      Layout layout,
      Hierarchy hierarchy,
      Optional<SingleHierarchy.Made> mounted,
      ProcFs proc,
      KernelEvents events,
      KernelCgroupFs fs) {
    this.config = config;
    this.layout = layout;
    this.hierarchy = hierarchy;
    this.mounted = mounted;
    this.proc = proc;
    this.events = events;
    this.fs = fs;
    preflight = new Preflight(layout, hierarchy, config.demands().hierarchy(), proc);
    ledger = new CpuLedger(() -> root().pinnable(proc.cpus(), config.demands().cpus()));
  }

  /// Finds out what this host offers. Touches nothing, but mounts the hierarchy that is demanded
  /// where there is none.
  ///
  /// @throws IsolatorException without root, and without cgroups that are as demanded
  public static Isolator open(IsolatorConfig config) {
    requireRoot();
    KernelEvents events = new KernelEvents();
    try {
      return open(config, ProcFs.system(), events);
    } catch (RuntimeException e) {
      events.close();
      throw e;
    }
  }

  /// For a caller that has something else to do first, which would fail less clearly.
  ///
  /// @throws IsolatorException without root
  public static void requireRoot() {
    if (!Host.isRoot()) {
      throw new IsolatorException("making cgroups needs root: run it as root, e.g. with sudo");
    }
  }

  private static Isolator open(IsolatorConfig config, ProcFs proc, KernelEvents events) {
    HostDemands demands = config.demands();
    Optional<SingleHierarchy> single =
        demands.hierarchy().map(path -> SingleHierarchy.at(path, demands.controllers(), proc));
    List<Mount> mounts = single.map(it -> List.of(it.mount())).orElseGet(proc::mounts);
    Optional<SingleHierarchy.Made> mounted = single.flatMap(SingleHierarchy::made);
    KernelCgroupFs fs = new KernelCgroupFs(events);
    try {
      Layout layout = CgroupHost.detect(mounts, fs, KernelVersion.running());
      Hierarchy hierarchy =
          CgroupHost.hierarchy(layout, fs)
              .orElseThrow(() -> new IsolatorException(ControllerAdvice.noCgroups(proc)));
      Isolator isolator = new Isolator(config, layout, hierarchy, mounted, proc, events, fs);
      isolator.preflight.requireControllers(
          demands.controllers(), CgroupHost.controllerNames(mounts, fs));
      return isolator;
    } catch (RuntimeException e) {
      fs.close();
      mounted.ifPresent(SingleHierarchy.Made::undo);
      throw e;
    }
  }

  /// How cgroups are mounted here, in one line for a person.
  public String layout() {
    return HostSurvey.describe(layout);
  }

  /// Starts a run whose stdin, stdout and stderr are those of this process, and returns when its
  /// program runs, or its [Verdict.LaunchFailed] is known. One with files to fetch is returned at
  /// once, in [Run.Phase#FETCHING].
  ///
  /// @throws IsolatorException when it cannot be set up; nothing of it is left then
  public Run launch(ExecutorSpec spec) {
    RunId id = RunId.random();
    Preflight.checkFiles(spec);
    RunActor.Surroundings around = surroundings(preflight.check(spec));
    Function<RunObserver, RunActor> run =
        observer -> RunActor.attached(id, spec, around, Optional.empty(), observer);
    return spec.uris().isEmpty()
        ? start(id, run.apply(RunObserver.NONE))
        : fetch(id, spec, run, config.runtimeDirectory(), RunObserver.NONE);
  }

  /// Starts a run that outlives this process: its output goes to files, and whoever opens the same
  /// runtime directory can [#adopt] it. Returns when its program runs, or its
  /// [Verdict.LaunchFailed] is known; one with files to fetch is returned at once, in
  /// [Run.Phase#FETCHING], and ends with this process until it is [Run.Phase#PREPARING].
  ///
  /// The run's directory in the runtime directory may be there already, with files of the caller's;
  /// it stays until the caller removes it.
  ///
  /// @throws IsolatorException when it cannot be set up; nothing of it is left then
  public Run launch(RunId id, ExecutorSpec spec, Detached detached, RunObserver observer) {
    return launch(id, spec, detached, () -> {}, observer);
  }

  /// The same for a caller who has to write something down before the first process is there: that
  /// is done on this thread, while another makes the run's cgroups.
  ///
  /// @param before makes the run's working directory, too, if it is not there; what it throws is
  ///   thrown here
  public Run launch(
      RunId id, ExecutorSpec spec, Detached detached, Runnable before, RunObserver observer) {
    try {
      return launchDetached(id, spec, detached, before, observer);
    } catch (RuntimeException | Error e) {
      detached.closeStdin();
      throw e;
    }
  }

  private Run launchDetached(
      RunId id, ExecutorSpec spec, Detached detached, Runnable before, RunObserver observer) {
    RunActor.Surroundings around = surroundings(preflight.check(spec));
    CompletableFuture<Void> written = new CompletableFuture<>();
    Function<RunObserver, RunActor> run =
        it -> RunActor.detached(id, spec, around, detached, written, it);
    Runnable writing =
        () -> {
          before.run();
          Preflight.checkFiles(spec);
          written.complete(null);
        };
    if (spec.uris().isEmpty()) {
      return start(id, run.apply(observer), writing, written);
    }
    writing.run();
    // Below the run's own directory: whoever removes that removes what a fetcher has left, too.
    RunDirectory directory = RunDirectory.ensure(config.runtimeDirectory(), id);
    return fetch(id, spec, run, directory.path(), observer);
  }

  /// @param writing completes `written`, for which the run waits
  private Run start(RunId id, RunActor run, Runnable writing, CompletableFuture<Void> written) {
    begin(id, run::live);
    try {
      writing.run();
    } catch (RuntimeException | Error e) {
      written.completeExceptionally(e);
      run.handle().awaitFailure();
      throw e;
    }
    run.handle().awaitLaunch();
    return run.handle();
  }

  /// Takes over a run that another process has launched detached, whatever has become of it: one
  /// that has ended meanwhile ends here with its true status, and is cleaned up. Returns when it is
  /// in hand, or has turned out to have ended.
  ///
  /// @param spec what was asked for, with the limits as they are now
  /// @param decided why it was being ended when its agent went, see [RunObserver#decided]
  public Run adopt(RunId id, ExecutorSpec spec, Optional<Verdict> decided, RunObserver observer) {
    RunActor run =
        RunActor.adopted(id, spec, surroundings(preflight.chosen(spec)), decided, observer);
    begin(id, run::live);
    run.handle().awaitTakeover();
    return run.handle();
  }

  private Run start(RunId id, RunActor run) {
    begin(id, run::live);
    run.handle().awaitLaunch();
    return run.handle();
  }

  /// @param run makes it, not yet alive
  /// @param files below which what the fetcher's own run keeps is
  private Run fetch(
      RunId id,
      ExecutorSpec spec,
      Function<RunObserver, RunActor> run,
      Path files,
      RunObserver observer) {
    Fetch fetch =
        Fetch.of(id, spec, config.fetch(), hierarchy.controllers(), config.libraryDirectory());
    RunActor.Surroundings around = surroundings(preflight.check(fetch.spec())).in(files);
    FetchedRun.Starter starter =
        new FetchedRun.Starter() {
          @Override
          public RunActor run(RunObserver itsObserver) {
            return run.apply(itsObserver);
          }

          @Override
          public Run startFetcher(Fd stdio, RunObserver itsObserver) {
            RunActor fetcher =
                RunActor.attached(
                    fetch.id(), fetch.spec(), around, Optional.of(stdio), itsObserver);
            begin(fetch.id(), fetcher::live);
            return fetcher.handle();
          }

          @Override
          public KernelEvents events() {
            return events;
          }
        };
    FetchedRun fetched = new FetchedRun(id, spec.id(), fetch, starter, observer);
    begin(id, fetched::live);
    return fetched;
  }

  private void begin(RunId id, Runnable life) {
    // A second one would take the launcher from the first, which would take it for gone.
    if (!live.add(id)) {
      throw new IsolatorException("the run " + id + " is looked after here already");
    }
    try {
      config.threads().newThread(() -> live(id, life)).start();
    } catch (RuntimeException | Error noThread) {
      live.remove(id);
      throw noThread;
    }
  }

  private void live(RunId id, Runnable life) {
    try {
      life.run();
    } finally {
      live.remove(id);
    }
  }

  private RunActor.Surroundings surroundings(Set<Controller> controllers) {
    return new RunActor.Surroundings(
        keeper.map(RootKeeper::forRuns).orElseGet(this::root),
        controllers,
        config.runtimeDirectory(),
        launchers(),
        config.destroyTimeout(),
        ledger,
        proc,
        Host::onlineCpus,
        nested,
        events);
  }

  /// A fork server lives in the root's cgroup for launchers, and so needs one that stays.
  private LauncherSource launchers() {
    Optional<RootKeeper> held = keeper;
    return held.isPresent() ? held.get().launcherSource() : new SpawnedLaunchers(launcherProgram());
  }

  private Path launcherProgram() {
    return LauncherProgram.locate(config.libraryDirectory());
  }

  private CgroupRoot root() {
    return new CgroupRoot(
        hierarchy, config.root(), RunDirectory.lockFile(config.runtimeDirectory()));
  }

  /// Makes the cgroups' root and keeps it: for an agent's whole life. What has been mounted for it
  /// stays mounted from then on, since runs live in it. Nothing is launched any more once it is let
  /// go of.
  ///
  /// @throws IsolatorException when another agent has it, or the root cannot do what is demanded
  public RootHold holdRoot() {
    RootKeeper hold =
        RootKeeper.hold(
            root(),
            hierarchy.controllers(),
            config.demands(),
            // A leader stays where its launcher is in hierarchies that its run has no cgroup in.
            new ForkServer(this::launcherProgram, root().launchers(preflight.always())),
            proc,
            config.destroyTimeout(),
            live);
    keeper = Optional.of(hold);
    mounted = Optional.empty();
    return hold;
  }

  /// Ends the watch over runs; await them first.
  @Override
  public void close() {
    nested.close();
    fs.close();
    events.close();
    mounted.ifPresent(SingleHierarchy.Made::undo);
  }
}
