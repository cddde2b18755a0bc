package dev.holdfast.isolator.life;

import static dev.holdfast.cgroup.Controller.FREEZER;
import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.KillReceipt;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FaultyCgroupFs.Operation;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A destroy while the kernel refuses.
class DestroyerFaultTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  /// One for each kind of [dev.holdfast.cgroup.CgroupException].
  private static final List<Errno> ERRNOS =
      List.of(Errno.ENOENT, Errno.EBUSY, Errno.EACCES, Errno.EINVAL, Errno.EIO);

  private final List<Victims> victims = new ArrayList<>();

  @AfterEach
  void endVictims() {
    victims.forEach(Victims::close);
    victims.clear();
  }

  private int startVictim(Ground ground) {
    Victims all = new Victims(ground.fake);
    victims.add(all);
    return all.start(RUN);
  }

  private static Destroyer.Result destroy(Ground ground, Duration timeout) {
    return new Destroyer(ground.run, ProcFs.system(), timeout).destroy();
  }

  private static void assertRemoved(Ground ground, Destroyer.Result result) {
    assertThat(result.failure()).isEmpty();
    assertThat(ground.cgroups()).noneMatch(path -> path.toString().contains("/holdfast/run"));
  }

  private static boolean isRemoval(Operation operation) {
    return operation.verb() == Verb.REMOVE;
  }

  private static Predicate<Operation> write(String control, String value) {
    return it -> it.verb() == Verb.WRITE && it.path().endsWith(control) && it.value().equals(value);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRemovalIsRetriedWhileTheKernelSaysBusy(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    for (int i = 0; i < 5; i++) {
      ground.fs.failOnce(DestroyerFaultTest::isRemoval, Errno.EBUSY);
    }

    assertRemoved(ground, destroy(ground, PATIENCE));
    assertThat(ground.fs.failures()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void whatSomebodyElseRemovedMeanwhileIsDone(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fs.failWhen(DestroyerFaultTest::isRemoval, Errno.ENOENT);

    assertThat(destroy(ground, PATIENCE).failure()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aKernelThatNeverLetsGoIsReportedWhenTheTimeIsUp(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fs.failWhen(DestroyerFaultTest::isRemoval, Errno.EBUSY);

    assertThat(destroy(ground, SHORT).failure())
        .hasValueSatisfying(failure ->
            assertThat(failure).startsWith("cgroup holdfast/run could not be removed within "));
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aRefusalIsReportedWithItsErrno(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fs.failWhen(DestroyerFaultTest::isRemoval, Errno.EPERM);

    assertThat(destroy(ground, SHORT).failure())
        .hasValueSatisfying(failure ->
            assertThat(failure)
                .startsWith("cgroup holdfast/run could not be removed within ")
                .contains("the kernel refused: rmdir ")
                .endsWith(": EPERM"));
  }

  /// Each operation of a destroy fails once, with each errno: it is done all the same.
  @ParameterizedTest
  @EnumSource(value = HostKind.class, names = "V1_TOGETHER", mode = EnumSource.Mode.EXCLUDE)
  void noSingleRefusalStopsADestroy(HostKind kind) {
    int operations = operationsOfADestroy(kind);
    for (int k = 1; k <= operations; k++) {
      for (Errno errno : ERRNOS) {
        Ground ground = populated(kind);
        int at = ground.fs.operations().size() + k;
        ground.fs.failWhen(
            // rmdir would not say that it has gone.
            it -> it.number() == at && !(it.verb() == Verb.REMOVE && errno.equals(Errno.ENOENT)),
            errno);

        Destroyer.Result result = destroy(ground, PATIENCE);

        assertThat(result.failure()).as("operation %s: %s", k, errno).isEmpty();
        assertRemoved(ground, result);
        endVictims();
      }
    }
  }

  private int operationsOfADestroy(HostKind kind) {
    Ground ground = populated(kind);
    int before = ground.fs.operations().size();
    destroy(ground, PATIENCE);
    endVictims();
    return ground.fs.operations().size() - before;
  }

  private Ground populated(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.run.child("inner").ensure();
    Victims all = new Victims(ground.fake);
    victims.add(all);
    all.start(RUN.child("inner"));
    return ground;
  }

  /// On v1 a process that stays frozen would hang for ever.
  @ParameterizedTest
  @ValueSource(strings = {"FROZEN", "THAWED"})
  void aV1CgroupIsNotLeftFrozenWhenAStepFails(String state) {
    for (Errno errno : ERRNOS) {
      Ground ground = Ground.on(HostKind.V1).withRun();
      ground.fake.processes().start(RUN, Victims.NOBODY);
      ground.fs.failOnce(write("freezer.state", state), errno);

      Destroyer.Result result = destroy(ground, SHORT);

      assertThat(result.failure()).as("%s", errno).isPresent();
      assertThat(ground.read(FREEZER, "freezer.state")).as("%s", errno).isEqualTo("THAWED");
    }
  }

  @Test
  void aV1CgroupIsNotLeftFrozenWhenItsProcessesCannotBeRead() {
    Ground ground = Ground.on(HostKind.V1).withRun();
    ground.fake.processes().start(RUN, Victims.NOBODY);
    ground.fs.failWhen(
        it -> it.verb() == Verb.READ && it.path().endsWith("cgroup.procs"), Errno.EIO);

    assertThat(destroy(ground, SHORT).failure())
        .hasValueSatisfying(failure -> assertThat(failure).contains("cgroup.procs: EIO"));
    assertThat(ground.read(FREEZER, "freezer.state")).isEqualTo("THAWED");
  }

  @Test
  void aFreezerThatRefusesDoesNotSaveTheProcesses() {
    Ground ground = Ground.on(HostKind.V1).withRun();
    int pid = startVictim(ground);
    ground.fs.failWhen(write("freezer.state", "FROZEN"), Errno.EIO);

    assertRemoved(ground, destroy(ground, PATIENCE));
    assertThat(victims.getFirst().isAlive(pid)).isFalse();
  }

  /// The seed's agent aborted over a state that it did not know.
  @ParameterizedTest
  @ValueSource(strings = {"", "FREEZING", "SELF_FREEZING"})
  void aFreezerInAnyOtherStateDoesNotSaveTheProcesses(String state) {
    Ground ground = Ground.on(HostKind.V1).withRun();
    int pid = startVictim(ground);
    ground.fs.tellWhen(it -> it.endsWith("freezer.state"), state);

    assertRemoved(ground, destroy(ground, PATIENCE));
    assertThat(victims.getFirst().isAlive(pid)).isFalse();
  }

  @Test
  void aKillFileThatRefusesDoesNotSaveTheProcesses() {
    Ground ground = Ground.on(HostKind.V2).withRun();
    startVictim(ground);
    ground.fs.failWhen(write("cgroup.kill", "1"), Errno.EOPNOTSUPP);

    Destroyer.Result result = destroy(ground, PATIENCE);

    assertRemoved(ground, result);
    assertThat(result.receipt().mechanism()).isEqualTo(KillReceipt.Mechanism.FREEZER);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aBoostThatIsRefusedChangesNothingElse(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    startVictim(ground);
    ground.fs.failWhen(
        it -> it.path().toString().contains("/cpu.") && it.verb() != Verb.REMOVE, Errno.EINVAL);

    assertRemoved(ground, destroy(ground, PATIENCE));
  }
}
