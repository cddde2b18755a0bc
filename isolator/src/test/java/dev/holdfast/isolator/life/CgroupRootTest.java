package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.CgroupHost;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Flock;
import dev.holdfast.testkit.FakeCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CgroupRootTest {
  private static final CgroupPath ROOT = CgroupPath.parse("holdfast");

  @TempDir private Path directory;

  private Path lockFile = Path.of("/nonexistent");

  @BeforeEach
  void makeLockFile() throws IOException {
    lockFile = Files.createFile(directory.resolve("cgroups.lock"));
  }

  private static void leave(CgroupRoot.Lease lease) {
    try (lease) {
      lease.release();
    }
  }

  /// A host on which nobody has used Holdfast yet.
  private final class Fresh {
    final FakeCgroupFs fake;
    final FaultyCgroupFs fs;
    final Hierarchy hierarchy;

    Fresh(HostKind kind) {
      fake = kind.fake();
      fs = new FaultyCgroupFs(fake);
      hierarchy = CgroupHost.hierarchy(fake.layout(), fs).orElseThrow();
    }

    CgroupRoot.Lease lease() {
      return new CgroupRoot(hierarchy, ROOT, lockFile).lease(hierarchy.controllers());
    }

    /// Below the mount points.
    Set<String> cgroups() {
      Set<String> all = new LinkedHashSet<>();
      fake.mounts().forEach(mount -> all.addAll(fake.children(mount.mountPoint())));
      return all;
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaseMakesTheRootAndTheLaunchersCgroup(HostKind kind) {
    Fresh host = new Fresh(kind);

    try (CgroupRoot.Lease lease = host.lease()) {
      for (Path path : lease.root().directories()) {
        assertThat(host.fake.exists(path)).isTrue();
      }
      for (Path path : lease.launchers().directories()) {
        assertThat(host.fake.exists(path)).isTrue();
      }
      assertThat(lease.launchers().path()).hasToString("holdfast/launchers");
      assertThat(lease.run("x").path()).hasToString("holdfast/x");
    }
  }

  /// As an agent has it, for each of its runs.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaseOfAHeldRootMakesAgainWhatSomebodyElseHasRemoved(HostKind kind) {
    Fresh host = new Fresh(kind);
    try (CgroupRoot.Lease hold = host.lease()) {
      hold.launchers().remove();

      try (CgroupRoot held = new CgroupRoot(host.hierarchy, ROOT, lockFile).held();
          CgroupRoot.Lease lease = held.lease(host.hierarchy.controllers())) {
        assertThat(lease.launchers().missing()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void leasesOfAHeldRootHaveOneShare(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease hold = host.lease();
    try (CgroupRoot held = new CgroupRoot(host.hierarchy, ROOT, lockFile).held()) {
      CgroupRoot.Lease first = held.lease(host.hierarchy.controllers());
      CgroupRoot.Lease second = held.leaseOfAdopted(host.hierarchy.controllers());
      assertThat(second.lock()).isSameAs(first.lock());

      leave(first);
      leave(second);
      assertThat(hold.lock().tryExclusive()).as("the share of all is given back").isFalse();
      assertThat(hold.launchers().exists()).isTrue();
    }

    leave(hold);
    assertThat(host.cgroups()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theLastUserRemovesWhatAllHaveUsed(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease first = host.lease();
    CgroupRoot.Lease second = host.lease();

    leave(first);
    assertThat(second.launchers().exists()).isTrue();

    leave(second);
    assertThat(host.cgroups()).isEmpty();
  }

  /// A launcher inherits the lock, and may still clean up for a holder that is gone.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whoeverHoldsAShareOfTheLockKeepsTheRoot(HostKind kind) {
    Fresh host = new Fresh(kind);
    try (Flock _ = Flock.shared(lockFile)) {
      leave(host.lease());

      assertThat(host.cgroups()).containsExactly("holdfast");
    }
    leave(host.lease());
    assertThat(host.cgroups()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aUserThatOnlyLetsGoLeavesTheRootToItsLauncher(HostKind kind) {
    Fresh host = new Fresh(kind);

    host.lease().close();

    assertThat(host.cgroups()).containsExactly("holdfast");
    leave(host.lease());
    assertThat(host.cgroups()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupThatIsUsedKeepsTheRoot(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();
    String run = RunName.of(new ExecutorId("f", "e"), RunId.random()).toString();
    lease.run(run).create();
    host.fake.processes().start(ROOT.child(run), Victims.NOBODY);

    leave(lease);
    assertThat(lease.run(run).exists()).isTrue();

    host.fake.processes().end(Victims.NOBODY);
    leave(host.lease());
    assertThat(host.cgroups()).isEmpty();
  }

  /// Of those who were killed before they had a launcher to clean up after them.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theEmptyCgroupOfARunIsRemovedByTheLastUser(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();
    lease.run(RunName.of(new ExecutorId("f", "e"), RunId.random()).toString()).create();

    leave(lease);

    assertThat(host.cgroups()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aCgroupOfAnotherNameIsNotOursToRemove(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();
    lease.run("system.slice").create();

    leave(lease);

    assertThat(lease.run("system.slice").exists()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRootThatAnOperatorPreparedStays(HostKind kind) {
    Fresh host = new Fresh(kind);
    host.hierarchy.cgroup(ROOT, host.hierarchy.controllers()).ensure();

    CgroupRoot.Lease lease = host.lease();
    leave(lease);

    assertThat(host.cgroups()).containsExactly("holdfast");
    assertThat(lease.launchers().exists()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatWasMadeAboveTheRootGoesWithIt(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupPath deep = CgroupPath.parse("a/b/holdfast");
    CgroupRoot root = new CgroupRoot(host.hierarchy, deep, lockFile);

    leave(root.lease(host.hierarchy.controllers()));

    assertThat(host.cgroups()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaseMayBeTakenAgain(HostKind kind) {
    Fresh host = new Fresh(kind);
    for (int i = 0; i < 3; i++) {
      CgroupRoot.Lease lease = host.lease();
      assertThat(lease.root().exists()).isTrue();
      leave(lease);
      assertThat(host.cgroups()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatCannotBeRemovedNowIsRemovedByTheNextUser(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();
    host.fs.failOnce(it -> it.verb() == Verb.REMOVE, Errno.EBUSY);
    leave(lease);
    assertThat(host.cgroups()).isNotEmpty();

    leave(host.lease());

    assertThat(host.cgroups()).isEmpty();
  }

  /// An agent of the seed's kind switched it off, and new cgroups inherit that.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V2", mode = EnumSource.Mode.EXCLUDE)
  void theOomKillerIsTurnedOnAtTheRoot(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease left = host.lease();
    Path control = oomControl(left);
    host.fake.write(control, "1");

    CgroupRoot.Lease lease = host.lease();

    assertThat(host.fake.read(control)).contains("oom_kill_disable 0");
    lease.run("x").create();
    assertThat(host.fake.read(control.resolveSibling("x").resolve("memory.oom_control")))
        .contains("oom_kill_disable 0");
    left.close();
    lease.close();
  }

  private static Path oomControl(CgroupRoot.Lease lease) {
    return lease.root().memory().orElseThrow().oom().killerSwitch().orElseThrow().file();
  }

  /// For the launcher, which removes them when we are gone.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void removalIsListedInTheOrderInWhichItWorks(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();

    lease.directories().forEach(host.fake::removeDirectory);

    assertThat(host.cgroups()).isEmpty();
    lease.close();
  }

  /// Two isolators know nothing of each other but what the cgroups say.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theCpusOfOthersRunsAreSeen(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease lease = host.lease();
    RunId ours = RunId.random();
    RunId theirs = RunId.random();
    for (RunId run : List.of(ours, theirs)) {
      lease.run(RunName.of(new ExecutorId("f", "e"), run).toString()).create();
    }
    pin(lease, ours, "0");
    pin(lease, theirs, "2-3");

    assertThat(lease.pinnedByOthers(Set.of(ours))).isEqualTo(CpuSet.parse("2-3"));
    assertThat(lease.pinnedByOthers(Set.of(ours, theirs))).isEqualTo(CpuSet.parse(""));
    lease.close();
  }

  private static void pin(CgroupRoot.Lease lease, RunId run, String cpus) {
    lease
        .run(RunName.of(new ExecutorId("f", "e"), run).toString())
        .cpuset()
        .orElseThrow()
        .setCpus(CpuSet.parse(cpus));
  }

  /// Whatever fails, the next user is not kept out.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLeaseThatFailsLeavesNothing(HostKind kind) {
    Fresh sample = new Fresh(kind);
    CgroupRoot.Lease whole = sample.lease();
    int operations = sample.fs.operations().size();
    leave(whole);
    for (int k = 1; k <= operations; k++) {
      for (Errno errno : List.of(Errno.EACCES, Errno.EINVAL, Errno.ENOSPC, Errno.EIO)) {
        Fresh host = new Fresh(kind);
        host.fs.failAt(k, errno);

        assertThatThrownBy(host::lease)
            .as("operation %s: %s", k, errno)
            .isInstanceOf(CgroupException.class);

        assertThat(host.cgroups()).as("operation %s: %s", k, errno).isEmpty();
        try (Flock lock = Flock.shared(lockFile)) {
          assertThat(lock.tryExclusive()).isTrue();
        }
      }
    }
  }

  /// Or it would stay for good when its maker is killed right then.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aDirectoryIsRememberedBeforeItIsMade(HostKind kind) {
    Fresh host = new Fresh(kind);
    host.fs.failWhen(it -> it.verb() == Verb.MAKE && !isRemembered(it.path()), Errno.EIO);

    leave(host.lease());

    assertThat(host.fs.operations()).anyMatch(it -> it.verb() == Verb.MAKE);
  }

  private boolean isRemembered(Path made) {
    try {
      return Files.readAllLines(lockFile).contains(made.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The writes would take the kernel's global lock for nothing.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRootThatIsThereAlreadyIsUsedAsItIs(HostKind kind) {
    Fresh host = new Fresh(kind);
    CgroupRoot.Lease first = host.lease();
    int before = host.fs.operations().size();

    CgroupRoot.Lease second = host.lease();

    assertThat(host.fs.operations().subList(before, host.fs.operations().size()))
        .filteredOn(it -> it.verb() == Verb.WRITE)
        .allMatch(it -> it.path().endsWith("memory.oom_control"));
    first.close();
    second.close();
  }
}
