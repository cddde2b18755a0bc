package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.cgroup.OomControl;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.linux.Flock;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.Cpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The cgroup below which everything of ours lives, and the launchers' cgroup in it.
///
/// Both are there while anybody uses them: each user holds a share of a lock, and the last one
/// removes them. Without the lock a user could remove them between another's look and its step
/// inside.
public final class CgroupRoot implements AutoCloseable {
  private static final String LAUNCHERS = "launchers";

  private final Hierarchy hierarchy;
  private final CgroupPath path;
  private final Path lockFile;

  /// What all leases have instead of a share each.
  private final Optional<Flock> share;

  /// What was asked for last: most runs have the same controllers.
  private volatile @Nullable Nodes latest;

  /// As a user with these controllers has them.
  private record Nodes(Set<Controller> controllers, Cgroup root, Cgroup launchers) {}

  /// @param lockFile exists
  public CgroupRoot(Hierarchy hierarchy, CgroupPath path, Path lockFile) {
    this(hierarchy, path, lockFile, Optional.empty());
  }

  private CgroupRoot(Hierarchy hierarchy, CgroupPath path, Path lockFile, Optional<Flock> share) {
    this.hierarchy = hierarchy;
    this.path = path;
    this.lockFile = lockFile;
    this.share = share;
  }

  /// The same for runs of the one who has a lease with all controllers for all that time: what is
  /// there has been made ready. All have one share, to be closed before that lease is released: the
  /// kernel walks through all of them each time that one is taken or given back.
  public CgroupRoot held() {
    return new CgroupRoot(hierarchy, path, lockFile, Optional.of(Flock.shared(lockFile)));
  }

  /// Lets go of the share of all; launchers still have it.
  @Override
  public void close() {
    share.ifPresent(Flock::close);
  }

  /// How the launchers' cgroup is entered where these controllers are.
  public Cgroup.Entry launchers(Set<Controller> controllers) {
    return nodes(controllers).launchers().entry();
  }

  private Nodes nodes(Set<Controller> controllers) {
    Nodes nodes = latest;
    if (nodes == null || !nodes.controllers().equals(controllers)) {
      Cgroup root = hierarchy.cgroup(path, controllers);
      nodes = new Nodes(Set.copyOf(controllers), root, root.child(LAUNCHERS));
      latest = nodes;
    }
    return nodes;
  }

  /// For a run that has its launcher in the root already.
  Lease leaseOfAdopted(Set<Controller> controllers) {
    return share.isPresent() ? begin(controllers) : lease(controllers);
  }

  private Lease begin(Set<Controller> controllers) {
    Nodes here = nodes(controllers);
    return new Lease(share.orElseGet(() -> Flock.shared(lockFile)), here.root(), here.launchers());
  }

  /// Makes what is missing and takes a share of the lock.
  public Lease lease(Set<Controller> controllers) {
    Lease lease = begin(controllers);
    Cgroup root = lease.root();
    Cgroup launchers = lease.launchers();
    if (share.isPresent() && launchers.missing().isEmpty()) {
      return lease;
    }
    try {
      remember(missing(launchers));
      launchers.ensure();
      root.memory()
          .map(MemoryController::oom)
          .flatMap(OomControl::killerSwitch)
          .ifPresent(CgroupRoot::forceKillerOn);
      return lease;
    } catch (CgroupException | IsolatorException e) {
      giveBack(lease, e);
      throw e;
    }
  }

  /// What has to be made for the cgroup, parents first.
  private static List<Path> missing(Cgroup cgroup) {
    List<Path> missing = new ArrayList<>();
    cgroup.parent().ifPresent(parent -> missing.addAll(missing(parent)));
    missing.addAll(cgroup.missing());
    return missing;
  }

  /// The setting is inherited: an agent of the seed's kind may have left it off.
  private static void forceKillerOn(OomControl.KillerSwitch killer) {
    try {
      killer.turnKillerOn();
    } catch (CgroupException.NotFound missing) {
      throw new IsolatorException(
          "the memory controller has no "
              + killer.file().getFileName()
              + ", so nobody could tell of a run that is out of memory: boot another kernel",
          missing);
    }
  }

  /// The CPUs for runs that are pinned: those of `online` that the root may use, in that order, and
  /// no more than `most` needs. The root must be there.
  public List<Cpu> pinnable(List<Cpu> online, Optional<Cpus> most) {
    CpuSet allowed = allowedCpus();
    List<Cpu> chosen = new ArrayList<>();
    for (Cpu cpu : online) {
      boolean enough = most.isPresent() && Cpus.ofWhole(chosen.size()).compareTo(most.get()) >= 0;
      if (!enough && allowed.contains(cpu.id())) {
        chosen.add(cpu);
      }
    }
    return chosen;
  }

  /// The CPUs that the root may use, and so all of its runs.
  CpuSet allowedCpus() {
    return hierarchy.cgroup(path, Set.of(Controller.CPUSET)).cpuset().orElseThrow().cpus();
  }

  private static void giveBack(Lease lease, RuntimeException cause) {
    try (lease) {
      lease.release();
    } catch (CgroupException | LinuxException alsoFailed) {
      cause.addSuppressed(alsoFailed);
    }
  }

  /// What we make we may remove; a root that an operator prepared stays. Remembered before it is
  /// made: what a user makes who is killed in between would stay for good.
  private void remember(List<Path> missing) {
    if (missing.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (Path directory : missing) {
      lines.append(directory).append('\n');
    }
    try {
      Files.writeString(lockFile, lines, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IsolatorException("cannot write " + lockFile + ": " + e.getMessage(), e);
    }
  }

  private List<Path> made() {
    List<Path> made = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(lockFile)) {
        made.add(Path.of(line));
      }
    } catch (IOException | InvalidPathException torn) {
      return made; // then some directory stays: better than to remove another's
    }
    return made;
  }

  /// One user's part. The launcher inherits the lock, and with it the duty when we are gone.
  public final class Lease implements AutoCloseable {
    private final Flock lock;
    private final Cgroup root;
    private final Cgroup launchers;

    private Lease(Flock lock, Cgroup root, Cgroup launchers) {
      this.lock = lock;
      this.root = root;
      this.launchers = launchers;
    }

    /// The user's own, unless the root is held.
    Flock lock() {
      return lock;
    }

    /// Whether the root stays when this user has gone, in any case.
    boolean isHeld() {
      return share.isPresent();
    }

    /// In the runtime directory.
    Path lockFile() {
      return lockFile;
    }

    /// The root with the controllers of this user.
    Cgroup root() {
      return root;
    }

    Cgroup launchers() {
      return launchers;
    }

    Cgroup run(String name) {
      return root.child(name);
    }

    /// The CPUs of runs that are not among `ours`. A run that may use all of them has not been
    /// pinned, or not yet.
    CpuSet pinnedByOthers(Set<RunId> ours) {
      Cgroup whole = hierarchy.cgroup(path, hierarchy.controllers());
      List<Integer> all = cpus(whole);
      Set<Integer> taken = new TreeSet<>();
      for (String name : whole.children()) {
        Optional<RunName> run = RunName.parse(name);
        if (run.isPresent() && !ours.contains(run.get().run())) {
          List<Integer> cpus = cpus(whole.child(name));
          if (!cpus.equals(all)) {
            taken.addAll(cpus);
          }
        }
      }
      return CpuSet.of(taken);
    }

    private static List<Integer> cpus(Cgroup cgroup) {
      try {
        return cgroup.cpuset().map(it -> it.cpus().ids()).orElse(List.of());
      } catch (CgroupException.NotFound noneOfItsOwn) {
        return List.of();
      }
    }

    /// What is to be removed, in this order, when nobody else uses it.
    List<Path> directories() {
      return made().reversed();
    }

    /// Gives the share back when our launcher has ended, whose copy of the lock is the same lock.
    /// The last user removes the root, and with it the empty cgroups of those who were killed
    /// before there was a launcher to clean up after them. A launcher that still works for a holder
    /// that is gone counts as a user.
    void release() {
      if (isHeld() || !lock.tryExclusive()) {
        return;
      }
      Cgroup whole = hierarchy.cgroup(path, hierarchy.controllers());
      for (String name : whole.children()) {
        if (RunName.parse(name).filter(run -> !isKept(run.run())).isPresent()) {
          whole.child(name).removeUnused();
        }
      }
      Set<Path> made = Set.copyOf(made());
      boolean left = remove(whole.child(LAUNCHERS), made);
      Optional<CgroupPath> level = Optional.of(path);
      while (level.isPresent()) {
        left |= remove(hierarchy.cgroup(level.get(), hierarchy.controllers()), made);
        level = level.get().parent();
      }
      if (!left) {
        forget();
      }
    }

    /// Whether an agent keeps the run: its cgroup has the counters of a life that nobody has seen
    /// the end of yet.
    private boolean isKept(RunId run) {
      return RunDirectory.besides(lockFile, run).hasDoor();
    }

    /// Returns whether something that we made is left for the next user to remove.
    private static boolean remove(Cgroup cgroup, Set<Path> made) {
      cgroup.removeUnused(made);
      return cgroup.exists() && cgroup.directories().stream().anyMatch(made::contains);
    }

    private void forget() {
      try {
        Files.writeString(lockFile, "", StandardOpenOption.TRUNCATE_EXISTING);
      } catch (IOException e) {
        return; // names of what has gone do no harm
      }
    }

    /// Lets go of the lock; as long as a launcher has it, too, the share stays.
    @Override
    public void close() {
      if (!isHeld()) {
        lock.close();
      }
    }
  }
}
