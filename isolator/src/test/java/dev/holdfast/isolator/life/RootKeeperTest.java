package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RootHold.Orphan;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.launcher.ForkServer;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Flock;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an agent takes for an orphan, and what it does with it.
class RootKeeperTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir private Path directory;

  private final RunId id = RunId.random();

  private List<String> destroyOrphans(FakeHost host, Set<RunId> known) throws IOException {
    return destroyOrphans(host, known, Set.of(), PATIENCE).stream().map(Orphan::sentence).toList();
  }

  private List<Orphan> destroyOrphans(
      FakeHost host, Set<RunId> known, Set<RunId> live, Duration patience) throws IOException {
    try (RootKeeper keeper = keeper(host, live, patience)) {
      return keeper.destroyOrphans(known);
    }
  }

  private RootKeeper keeper(FakeHost host, Set<RunId> live, Duration patience) throws IOException {
    Path mark = directory.resolve("mark");
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
    return new RootKeeper(
        host.root().lease(host.hierarchy.controllers()),
        host.root().held(),
        Flock.exclusive(mark).orElseThrow(),
        new ForkServer(
            () -> Path.of("/nonexistent"), new Cgroup.Entry(List.of(), Optional.empty())),
        new FakeProc(directory).reader(),
        patience,
        live);
  }

  private static Cgroup made(FakeHost host, String name) {
    Cgroup cgroup = host.hierarchy.cgroup(FakeHost.ROOT, host.hierarchy.controllers()).child(name);
    List<Path> _ = cgroup.ensure();
    return cgroup;
  }

  private static Cgroup made(Cgroup parent, String name) {
    Cgroup cgroup = parent.child(name);
    List<Path> _ = cgroup.ensure();
    return cgroup;
  }

  private static String name(RunId id) {
    return RunName.of(new ExecutorId("f", "e"), id).toString();
  }

  /// The seed destroyed each cgroup of the tree by itself, at once, and fell over those that had
  /// gone with their parent.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void anOrphanIsDestroyedOnceWithAllThatIsBelow(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake)) {
      Cgroup orphan = made(host, name(id));
      Cgroup deeper = made(made(orphan, "inner"), "deeper");
      int first = victims.start(made(orphan, "other").path());
      int second = victims.start(deeper.path());

      assertThat(destroyOrphans(host, Set.of()))
          .containsExactly("orphan " + orphan.path() + " destroyed, with 2 processes");

      assertThat(orphan.exists()).isFalse();
      assertThat(host.fake.processes().isAlive(first)).isFalse();
      assertThat(host.fake.processes().isAlive(second)).isFalse();
      assertThat(destroyOrphans(host, Set.of())).isEmpty();
    }
  }

  /// The seed took it for an orphan.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatARunHasMadeForItselfIsItsOwn(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake)) {
      Cgroup inner = made(made(host, name(id)), name(RunId.random()));
      int pid = victims.start(inner.path());

      assertThat(destroyOrphans(host, Set.of(id))).isEmpty();

      assertThat(inner.processes()).containsExactly(pid);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatOthersHaveMadeBelowTheRootIsNotOurs(HostKind kind) throws Exception {
    List<String> names = List.of("mysql", "a.b", "f.e.g.h", "f.e." + id + ".x", "F%.e." + id);
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake)) {
      for (String name : names) {
        int _ = victims.start(made(host, name).path());
      }

      assertThat(destroyOrphans(host, Set.of())).isEmpty();

      for (String name : names) {
        assertThat(made(host, name).processes()).as(name).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunThatIsBeingLaunchedIsNoOrphan(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake)) {
      Cgroup run = made(host, name(id));
      int pid = victims.start(run.path());

      assertThat(destroyOrphans(host, Set.of(), Set.of(id), PATIENCE)).isEmpty();

      assertThat(run.processes()).containsExactly(pid);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunOfSomebodysOwnIsNoOrphanAndOneOfAnAgentIs(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake)) {
      for (boolean detached : List.of(false, true)) {
        Cgroup run = made(host, name(id));
        int leader = victims.start(run.path());
        int launcher = victims.start(made(host, "launchers").path());
        new FakeProc(directory).write(launcher, "cmdline", commandLine(run, detached));

        assertThat(destroyOrphans(host, Set.of())).hasSize(detached ? 1 : 0);

        assertThat(host.fake.processes().isAlive(leader)).isEqualTo(!detached);
        assertThat(host.fake.processes().isAlive(launcher)).isTrue();
        host.fake.processes().kill(launcher);
      }
    }
  }

  /// To an agent with another runtime directory they would be orphans.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void runsThatAreKeptInAnotherRuntimeDirectoryAreRefused(HostKind kind) throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    Path otherLock = Files.createFile(other.resolve("cgroups.lock"));
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake);
        RootKeeper keeper = keeper(host, Set.of(), PATIENCE)) {
      Cgroup run = made(host, name(id));
      int launcher = victims.start(made(host, "launchers").path());
      FakeProc proc = new FakeProc(directory);
      proc.write(launcher, "cmdline", commandLine(run, true));

      proc.link(launcher, "fd/4", directory.resolve("cgroups.lock"));
      keeper.requireOwnRuns();
      proc.link(launcher, "fd/4", other.resolve("cgroups.lock (deleted)"));
      keeper.requireOwnRuns();
      proc.link(launcher, "fd/4", otherLock);
      assertThatThrownBy(keeper::requireOwnRuns)
          .isInstanceOf(IsolatorException.class)
          .hasMessageContainingAll(
              run.path().name(), "is kept in the runtime directory " + other + ", not " + directory)
          .hasMessageContaining("start with --runtime-dir " + other + ", or");
      proc.write(launcher, "cmdline", commandLine(run, false));
      keeper.requireOwnRuns();
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theCgroupOfARunIsRemovedWhenNothingLivesInIt(HostKind kind) throws Exception {
    ExecutorId executor = new ExecutorId("f", "e");
    try (FakeHost host = new FakeHost(kind, directory);
        Victims victims = new Victims(host.fake);
        RootKeeper keeper = keeper(host, Set.of(), PATIENCE)) {
      Cgroup inner = made(made(host, name(id)), "inner");
      int pid = victims.start(inner.path());

      assertThat(keeper.removeEmpty(executor, id)).containsExactly(pid);
      assertThat(inner.exists()).isTrue();
      host.fake.processes().kill(pid);
      assertThat(keeper.removeEmpty(executor, id)).isEmpty();
      assertThat(made(host, "launchers").exists()).isTrue();
      assertThat(keeper.removeEmpty(executor, id)).isEmpty();
    }
  }

  private static String commandLine(Cgroup run, boolean detached) {
    return "executor-launcher\0"
        + String.join("\0", LauncherLabel.of(run.path().name(), detached))
        + "\0";
  }

  /// The seed's agent aborted.
  @ParameterizedTest
  @EnumSource(HostKind.class)
  void oneThatCannotBeDestroyedIsToldAndKeepsNoOther(HostKind kind) throws Exception {
    try (FakeHost host = new FakeHost(kind, directory)) {
      Cgroup stuck = made(host, name(id));
      Cgroup other = made(host, name(RunId.random()));
      host.fs.failWhen(
          it -> it.verb() == Verb.REMOVE && it.path().endsWith(stuck.path().name()), Errno.EBUSY);

      assertThat(destroyOrphans(host, Set.of(), Set.of(), SHORT))
          .hasSize(2)
          .anyMatch(it ->
              !it.destroyed()
                  && it.sentence()
                      .startsWith("cgroup " + stuck.path() + " could not be removed within"))
          .contains(new Orphan("orphan " + other.path() + " destroyed, with 0 processes", true));

      assertThat(stuck.exists()).isTrue();
      assertThat(other.exists()).isFalse();
    }
  }
}
