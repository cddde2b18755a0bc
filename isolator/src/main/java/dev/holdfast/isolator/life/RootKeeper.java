package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.HostDemands;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RootHold;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.launcher.ForkServer;
import dev.holdfast.isolator.launcher.LauncherProcess;
import dev.holdfast.isolator.launcher.LauncherSource;
import dev.holdfast.linux.Flock;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// An agent's hold on the cgroups' root. Thread-safe.
///
/// Runs of agents and embedded runs live side by side below the root. What belongs to whom is told
/// by the launchers: each has its run's cgroup, and whether an agent has to look after it, on its
/// command line, so the answer does not depend on any file of ours.
public final class RootKeeper implements RootHold {
  private static final int LONGEST_COMMAND_LINE = 1024;

  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");

  /// A cgroup without a launcher may be one whose launcher is about to be started.
  private static final Duration YOUNG = Duration.ofSeconds(10);

  private final CgroupRoot.Lease lease;
  private final CgroupRoot forRuns;
  private final Flock mark;
  private final ProcFs proc;
  private final Duration destroyTimeout;
  private final Set<RunId> live;
  private final ForkServer launchers;

  RootKeeper(
      CgroupRoot.Lease lease,
      CgroupRoot forRuns,
      Flock mark,
      ForkServer launchers,
      ProcFs proc,
      Duration destroyTimeout,
      Set<RunId> live) {
    this.launchers = launchers;
    this.lease = lease;
    this.forRuns = forRuns;
    this.mark = mark;
    this.proc = proc;
    this.destroyTimeout = destroyTimeout;
    this.live = live;
  }

  /// @param launchers is closed with this
  /// @param live this process's own runs, each of which is in it before its cgroup is made
  /// @throws IsolatorException when another agent has the root, or it cannot be made, or cannot do
  ///   what is demanded; nothing of it is left then
  public static RootKeeper hold(
      CgroupRoot root,
      Set<Controller> controllers,
      HostDemands demands,
      ForkServer launchers,
      ProcFs proc,
      Duration destroyTimeout,
      Set<RunId> live) {
    CgroupRoot.Lease lease = lease(root, controllers);
    try {
      Optional<Flock> mark = Flock.exclusive(marked(lease));
      if (mark.isEmpty()) {
        throw new IsolatorException(
            "another agent has the cgroups' root "
                + lease.root().path()
                + ": give this one a root of its own");
      }
      RootKeeper keeper =
          new RootKeeper(lease, root.held(), mark.get(), launchers, proc, destroyTimeout, live);
      requireOwnRuns(keeper);
      check(keeper, demands);
      return keeper;
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /// Makes the root and, in it, the launchers' cgroup, which shows that cgroups can be nested here.
  private static CgroupRoot.Lease lease(CgroupRoot root, Set<Controller> controllers) {
    try {
      return root.lease(controllers);
    } catch (CgroupException refused) {
      throw new IsolatorException(
          "cannot make the cgroups' root: " + refused.getMessage(), refused);
    }
  }

  private static void check(RootKeeper keeper, HostDemands demands) {
    try {
      RootCheck.check(keeper.lease.root(), demands);
    } catch (RuntimeException e) {
      keeper.close();
      throw e;
    }
  }

  private static void requireOwnRuns(RootKeeper keeper) {
    try {
      keeper.requireOwnRuns();
    } catch (RuntimeException e) {
      // And the root is not released: what it has of the other's is in use.
      keeper.forRuns.close();
      keeper.mark.close();
      throw e;
    }
  }

  /// Runs of an agent that is not there now, and keeps them in a runtime directory of its own,
  /// would be orphans to this one.
  ///
  /// @throws IsolatorException when there is one
  void requireOwnRuns() {
    Object lockFile = lockFile();
    for (int pid : lease.launchers().processes()) {
      // First: of thousands each is ours, as its open file tells sooner than its command line.
      Optional<Path> other = otherRuntimeDirectory(pid, lockFile);
      Optional<LauncherLabel> label =
          other.flatMap(_ -> label(pid)).filter(LauncherLabel::detached);
      if (label.isPresent()) {
        throw new IsolatorException(
            "the run "
                + label.get().cgroup()
                + " below the cgroups' root "
                + lease.root().path()
                + " is kept in the runtime directory "
                + other.get()
                + ", not "
                + lease.lockFile().getParent()
                + ": start with --runtime-dir "
                + other.get()
                + ", or with a --cgroups-root of its own");
      }
    }
  }

  private Object lockFile() {
    try {
      return fileKey(lease.lockFile());
    } catch (IOException e) {
      throw new IsolatorException("cannot read " + lease.lockFile() + ": " + e.getMessage(), e);
    }
  }

  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /// By the lock file that the launcher has open; empty for one of ours, one that has ended, and
  /// one whose directory was removed, so that nobody will come for it any more.
  private Optional<Path> otherRuntimeDirectory(int launcher, Object lockFile) {
    Path open = proc.openFile(launcher, LauncherProcess.LOCK_DESCRIPTOR);
    try {
      if (fileKey(open).equals(lockFile)) {
        return Optional.empty();
      }
      Path shown = Files.readSymbolicLink(open);
      return shown.endsWith(lease.lockFile().getFileName())
          ? Optional.ofNullable(shown.getParent())
          : Optional.empty();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /// A file of the root that has one owner at a time, wherever its runtime directory is. In a
  /// directory that only root can enter: whoever may open a file may lock it.
  private static Path marked(CgroupRoot.Lease lease) {
    Path directory = lease.launchers().directories().getFirst();
    try {
      Files.setPosixFilePermissions(directory, OWNER_ALONE);
    } catch (IOException e) {
      throw new IsolatorException("cannot close " + directory + " to others: " + e.getMessage(), e);
    }
    return directory.resolve("cgroup.procs");
  }

  /// What the runs of this process have instead of the root, as long as it is held.
  public CgroupRoot forRuns() {
    return forRuns;
  }

  /// Whose launchers are in the launchers' cgroup of this root; as long as it is held.
  public LauncherSource launcherSource() {
    return launchers;
  }

  @Override
  public List<Orphan> destroyOrphans(Set<RunId> known) {
    Map<String, Boolean> used = strangers(known);
    // After the processes: an embedded run's launcher is there before the first of them is.
    Map<String, LauncherLabel> launchers = used.isEmpty() ? Map.of() : launchers();
    List<Orphan> done = new ArrayList<>();
    used.forEach((name, isUsed) -> {
      LauncherLabel launcher = launchers.get(name);
      if (launcher == null ? isUsed : launcher.detached()) {
        done.add(destroy(lease.root().child(name)));
      }
    });
    return done;
  }

  /// The cgroups of runs that nobody here looks after, and whether each has been used.
  private Map<String, Boolean> strangers(Set<RunId> known) {
    Map<String, Boolean> strangers = new TreeMap<>();
    for (String name : lease.root().children()) {
      Optional<RunName> run = RunName.parse(name);
      // Looked up after the list was read: a new run of ours is in `live` before it has a cgroup.
      if (run.isPresent() && !known.contains(run.get().run()) && !live.contains(run.get().run())) {
        strangers.put(name, isUsed(lease.root().child(name)));
      }
    }
    return strangers;
  }

  private Map<String, LauncherLabel> launchers() {
    Map<String, LauncherLabel> found = new HashMap<>();
    for (int pid : lease.launchers().processes()) {
      label(pid).ifPresent(label -> found.put(label.cgroup(), label));
    }
    return found;
  }

  private Optional<LauncherLabel> label(int pid) {
    return proc.commandLine(pid, LONGEST_COMMAND_LINE).flatMap(LauncherLabel::parse);
  }

  /// One without a process may be about to get its first.
  private static boolean isUsed(Cgroup cgroup) {
    try {
      return !isYoung(cgroup) || !cgroup.processes().isEmpty();
    } catch (CgroupException unreadable) {
      return false; // seen again the next time
    }
  }

  private static boolean isYoung(Cgroup cgroup) {
    return cgroup.directories().stream()
        .map(RootKeeper::age)
        .flatMap(Optional::stream)
        .anyMatch(age -> age.compareTo(YOUNG) < 0);
  }

  private static Optional<Duration> age(Path directory) {
    try {
      Instant made = Files.getLastModifiedTime(directory).toInstant();
      return Optional.of(Duration.between(made, Instant.now()));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private Orphan destroy(Cgroup orphan) {
    try {
      Destroyer.Result result = new Destroyer(orphan, proc, destroyTimeout).destroy();
      String sentence =
          result
              .failure()
              .orElseGet(() ->
                  "orphan "
                      + orphan.path()
                      + " destroyed, with "
                      + result.receipt().count()
                      + " processes");
      return new Orphan(sentence, result.failure().isEmpty());
    } catch (CgroupException | LinuxException refused) {
      return new Orphan(
          "orphan " + orphan.path() + " could not be destroyed: " + refused.getMessage(), false);
    }
  }

  @Override
  public Set<Integer> removeEmpty(ExecutorId executor, RunId run) {
    Cgroup cgroup = lease.root().child(RunName.of(executor, run).toString());
    Set<Integer> processes = cgroup.processes();
    try {
      if (processes.isEmpty()) {
        cgroup.remove();
      }
      return processes;
    } catch (CgroupException.Busy filledMeanwhile) {
      return cgroup.processes();
    }
  }

  @Override
  public void close() {
    launchers.close();
    forRuns.close();
    mark.close();
    try (lease) {
      lease.release();
    }
  }
}
