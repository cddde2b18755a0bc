package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.CpuMode;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunName;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.launcher.ForkServer;
import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherMessage.Step;
import dev.holdfast.isolator.launcher.LauncherProgram;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Host;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole lives of runs, on fake cgroups and with launchers that only talk.
class RunActorTest {
  private static final int LEADER = Victims.NOBODY;

  @TempDir private Path directory;

  private ScriptedLauncher launcher() {
    return new ScriptedLauncher(directory);
  }

  private static ExecutorSpec.Builder spec(String... command) {
    return ExecutorSpec.builder(new ExecutorId("f", "e"), List.of(command))
        .limits(new SomeLimits().memory("64m").build());
  }

  private static Outcome live(RunActor run) throws InterruptedException {
    run.live();
    run.handle().awaitLaunch();
    return run.handle().await();
  }

  private Outcome live(ScriptedLauncher launcher, String... command) throws InterruptedException {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      Outcome outcome = live(host.run(spec(command).build(), launcher.write()));
      assertThat(host.cgroups()).isEmpty();
      return outcome;
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRunEndsWithItsLeaderAndLeavesNothing(HostKind kind) throws Exception {
    Instant start = Instant.parse("2026-01-01T10:00:00Z");
    // somebody sets the clock back meanwhile
    Path program =
        launcher()
            .started(LEADER, start, 1_000_000_000)
            .exited(3 << 8, start.minusSeconds(3600), 6_000_000_000L)
            .write();
    try (FakeHost host = new FakeHost(kind, directory)) {
      RunActor run = host.run(spec("true").build(), program);

      Outcome outcome = live(run);

      assertThat(outcome.verdict()).isEqualTo(new Verdict.Exited(3));
      assertThat(outcome.leaderStatus()).contains(new WaitStatus(3 << 8));
      assertThat(outcome.started()).isEqualTo(start);
      assertThat(outcome.took()).isEqualTo(Duration.ofSeconds(5));
      assertThat(outcome.cleanupFailure()).isEmpty();
      assertThat(outcome.kill()).isPresent();
      assertThat(run.handle().leader()).isEqualTo(LEADER);
      assertThat(host.cgroups()).isEmpty();
    }
    assertNoRunDirectory();
  }

  private void assertNoRunDirectory() throws IOException {
    try (var left = Files.list(directory.resolve("runs"))) {
      assertThat(left).isEmpty();
    }
  }

  /// Since Linux 6.13 a process that is born in a cgroup after `cgroup.kill` dies at once.
  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"HYBRID", "V2"})
  void aCgroupThatWasKilledIsNotLaunchedInto(HostKind kind) throws Exception {
    Path program = launcher().started(LEADER).exited(0).write();
    try (FakeHost host = new FakeHost(kind, directory)) {
      RunActor run = host.run(spec("true").build(), program);
      Cgroup left =
          host.hierarchy.cgroup(
              Ground.ROOT.child(RunName.of(new ExecutorId("f", "e"), run.handle().id()).toString()),
              host.hierarchy.controllers());
      left.ensure();
      left.killAll();

      run.live();

      assertThatThrownBy(run.handle()::awaitLaunch)
          .isInstanceOf(IsolatorException.class)
          .hasMessageContaining("EEXIST");
      assertThat(run.handle().launcher()).isZero();
    }
  }

  @Test
  void aSignalThatEndedTheLeaderIsToldApartFromACode() throws Exception {
    Outcome outcome = live(launcher().started(LEADER).exited(15), "true");

    assertThat(outcome.verdict()).isEqualTo(new Verdict.Signaled(Signal.TERM, false));
    assertThat(outcome.exitCode()).isEqualTo(143);
  }

  @Test
  void aProgramThatIsNotThereIs127() throws Exception {
    assertThat(live(launcher().failed(Step.EXEC, Errno.ENOENT), "make").verdict())
        .isEqualTo(new Verdict.LaunchFailed(127, "cannot find 'make' in the PATH of the run"));
    assertThat(live(launcher().failed(Step.EXEC, Errno.ENOENT), "/nonexistent/x").verdict())
        .isEqualTo(
            new Verdict.LaunchFailed(
                127, "cannot find '/nonexistent/x': no such file or directory"));
  }

  @Test
  void aScriptWithoutItsInterpreterIsExplained() throws Exception {
    assertThat(live(launcher().failed(Step.EXEC, Errno.ENOENT), "/bin/sh").verdict())
        .isEqualTo(
            new Verdict.LaunchFailed(
                127, "cannot execute '/bin/sh': the interpreter that it names does not exist"));
  }

  @Test
  void aProgramThatCannotBeExecutedIs126() throws Exception {
    assertThat(live(launcher().failed(Step.EXEC, Errno.EACCES), "/etc").verdict())
        .isEqualTo(new Verdict.LaunchFailed(126, "cannot execute '/etc': permission denied"));
    assertThat(live(launcher().failed(Step.EXEC, Errno.ENOEXEC), "/x").verdict())
        .isEqualTo(new Verdict.LaunchFailed(126, "cannot execute '/x': exec format error"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"EXEC", "STATUS"},
      mode = EnumSource.Mode.EXCLUDE)
  void anyOtherStepThatFailsIs125(Step step) throws Exception {
    Outcome outcome = live(launcher().failed(step, Errno.EPERM), "make");

    assertThat(outcome.verdict())
        .isEqualTo(
            new Verdict.LaunchFailed(
                125, "cannot " + step.action() + " for 'make': operation not permitted"));
    assertThat(outcome.leaderStatus()).isEmpty();
  }

  @Test
  void aStatusFileThatCannotBeWrittenIsNoFailedLaunch() throws Exception {
    Outcome outcome =
        live(launcher().started(LEADER).failed(Step.STATUS, Errno.ENOSPC).exited(0), "true");

    assertThat(outcome.verdict()).isEqualTo(new Verdict.Exited(0));
  }

  @Test
  void aLauncherThatEndsTooEarlyLosesTheStatus() throws Exception {
    Outcome outcome = live(launcher().started(LEADER).thenEnds(), "true");

    assertThat(outcome.verdict()).isInstanceOf(Verdict.Lost.class);
    assertThat(outcome.leaderStatus()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(125);
  }

  @Test
  void aLauncherThatEndsBeforeTheStartIsAFailedLaunch() throws Exception {
    Outcome outcome = live(launcher().thenEnds(), "true");

    assertThat(outcome.verdict())
        .isEqualTo(
            new Verdict.LaunchFailed(125, "the executor-launcher ended before it had started it"));
  }

  /// Killed while it starts the leader: whether that came to its program nobody knows.
  @Test
  void aLauncherThatEndsBeforeItTellsOfTheStartLosesTheStatus() throws Exception {
    Path runs = directory.resolve("runs");

    Outcome outcome = live(launcher().leaderIs(runs, LEADER).thenEnds(), "true");

    assertThat(outcome.verdict()).isInstanceOf(Verdict.Lost.class);
  }

  @Test
  void aStopBeforeTheLaunchIsTheVerdict() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      RunActor run = host.run(spec("true").build(), launcher().started(LEADER).exited(0).write());
      run.handle().stop("somebody", Duration.ZERO);

      Outcome outcome = live(run);

      assertThat(outcome.verdict()).isEqualTo(new Verdict.Killed("somebody"));
    }
  }

  @Test
  void aLauncherThatDoesNotTellOfTheEndDoesNotHoldItUp() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      RunActor run = host.run(spec("true").build(), launcher().started(LEADER).write());
      run.handle().stop("somebody", Duration.ZERO);

      Outcome outcome = live(run);

      assertThat(outcome.verdict()).isEqualTo(new Verdict.Killed("somebody"));
      assertThat(outcome.leaderStatus()).isEmpty();
    }
  }

  /// Hears why a run is ended.
  private static final class Decision implements RunObserver {
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    @Override
    public void decided(Verdict why) {
      verdict.complete(why);
    }

    Verdict await() throws Exception {
      return verdict.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aStopBeforeTheLaunchIsDecidedAtOnce() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      Decision decision = new Decision();
      RunActor run = host.detached(spec("true").build(), launcher().write(), decision);
      Thread thread = Thread.ofVirtual().start(run::live);
      run.handle().stop("somebody", Duration.ZERO);

      assertThat(decision.await()).isEqualTo(new Verdict.Killed("somebody"));

      assertThat(run.handle().phase()).isEqualTo(Run.Phase.PREPARING);
      assertThat(run.handle().started()).isEmpty();
      assertThat(Processes.kill(run.handle().launcher(), Signal.KILL)).isTrue();
      thread.join();
    }
  }

  @Test
  void nothingLivesBeforeItIsWrittenDown() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      CompletableFuture<Void> written = new CompletableFuture<>();
      Path program = launcher().started(LEADER).exited(0).write();
      RunActor run = host.detached(spec("true").build(), program, written, RunObserver.NONE);
      Thread thread = Thread.ofVirtual().start(run::live);
      await().until(() -> !run.handle().cgroupDirectories().isEmpty());

      assertThat(thread.join(Duration.ofMillis(50))).isFalse();
      assertThat(run.handle().launcher()).isZero();
      assertThat(directory.resolve("runs")).doesNotExist();

      written.complete(null);
      assertThat(run.handle().await().verdict()).isEqualTo(new Verdict.Exited(0));
      thread.join();
    }
  }

  @Test
  void ofALaunchThatIsTakenBackNothingIsLeft() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      CompletableFuture<Void> written = new CompletableFuture<>();
      Path program = launcher().started(LEADER).exited(0).write();
      RunActor run = host.detached(spec("true").build(), program, written, RunObserver.NONE);
      written.completeExceptionally(new IllegalStateException("the disk is full"));

      run.live();

      run.handle().awaitFailure();
      assertThatThrownBy(run.handle()::awaitLaunch)
          .isInstanceOf(IsolatorException.class)
          .hasMessageContaining("taken back");
      assertThat(run.handle().launcher()).isZero();
      assertThat(host.cgroups()).isEmpty();
      assertThat(directory.resolve("runs")).doesNotExist();
    }
  }

  /// A launcher without a record would wait for one for ever, and we for its end.
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCommandThatNoLauncherTakesIsRefusedBeforeThereIsOne() throws Exception {
    List<String> command = new ArrayList<>(List.of("true"));
    command.addAll(Collections.nCopies(349_000, ""));
    Path program = LauncherProgram.locate(directory.resolve("lib"));
    try (FakeHost host = new FakeHost(HostKind.V1, directory);
        ForkServer launchers =
            new ForkServer(() -> program, new Cgroup.Entry(List.of(), Optional.empty()))) {
      RunActor run =
          host.detached(
              ExecutorSpec.builder(new ExecutorId("f", "e"), command).build(),
              launchers,
              CompletableFuture.completedFuture(null),
              RunObserver.NONE);

      run.live();

      assertThatThrownBy(run.handle()::awaitLaunch)
          .isInstanceOf(IsolatorException.class)
          .hasMessageStartingWith("the command and its environment have ")
          .hasMessageEndingWith(" bytes: at most 4194304 are possible");
      assertThat(run.handle().launcher()).isZero();
      assertThat(host.cgroups()).isEmpty();
    }
    assertNoRunDirectory();
  }

  /// Of a run that was launched with the host, and that nobody but its pids file tells of.
  @Test
  void aLauncherThatStandsStillDoesNotBeginTheTimeoutAnew() throws Exception {
    RunId id = RunId.random();
    Path files = Files.createDirectories(directory.resolve("runs").resolve(id.toString()));
    Files.writeString(files.resolve("pids"), "launcher 7 0\nleader " + LEADER + " 0\n");
    Duration limit = Host.sinceBoot().minusSeconds(1);
    Verdict timedOut = new Verdict.TimedOut(Verdict.Timer.WALL, limit);
    try (FakeHost host = new FakeHost(HostKind.V1, directory);
        ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      door.bind(UnixDomainSocketAddress.of(files.resolve("control")));
      Decision decision = new Decision();
      ExecutorSpec spec = spec("true").timeout(limit).build();
      RunActor run = host.adopted(id, spec, Optional.empty(), decision);
      Thread thread = Thread.ofVirtual().start(run::live);
      try (SocketChannel _ = door.accept()) {
        assertThat(decision.await()).isEqualTo(timedOut);
      }
      thread.join();

      Outcome outcome = run.handle().await();
      assertThat(outcome.verdict()).isEqualTo(timedOut);
      assertThat(outcome.started()).isBefore(Instant.now().minus(limit));
      assertThat(outcome.took()).isGreaterThan(limit);
    }
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aPinnedRunGetsTheFirstFreeCpusAndGivesThemBack(HostKind kind) throws Exception {
    Path program = launcher().started(LEADER).exited(0).write();
    try (FakeHost host = new FakeHost(kind, directory)) {
      ExecutorSpec spec =
          spec("true").limits(new SomeLimits().cpus("3", CpuMode.PINNED).build()).build();

      assertThat(live(host.run(spec, program)).verdict()).isEqualTo(new Verdict.Exited(0));

      assertThat(host.fs.operations())
          .anyMatch(it -> it.path().endsWith("cpuset.cpus") && it.value().equals("0-2"));
      assertThat(host.ledger.free()).isEqualTo(Cpus.ofWhole(4));
    }
  }

  @Test
  void aRunThatHasEndedTakesNoMoreOrders() throws Exception {
    try (FakeHost host = new FakeHost(HostKind.V1, directory)) {
      RunActor run = host.run(spec("true").build(), launcher().started(LEADER).exited(0).write());
      Outcome outcome = live(run);

      run.handle().stop("too late", Duration.ZERO);
      run.handle().signal(Signal.TERM);
      run.handle().unpause();
      run.received(new LauncherMessage.Started(1, 1, 1, Instant.EPOCH, 0));

      assertThat(run.handle().await()).isSameAs(outcome);
      assertThat(run.handle().usage().memory()).isEmpty();
      assertThatThrownBy(run.handle()::pause)
          .isInstanceOf(IsolatorException.class)
          .hasMessage("the run has ended");
      assertThatThrownBy(() -> run.handle().update(new SomeLimits().pids(5).build()))
          .isInstanceOf(IsolatorException.class)
          .hasMessage("the run has ended");
      assertThatThrownBy(() -> run.handle().update(new SomeLimits().memory("96m").build()))
          .isInstanceOf(IsolatorException.class)
          .hasMessage("the run has ended");
    }
  }
}
