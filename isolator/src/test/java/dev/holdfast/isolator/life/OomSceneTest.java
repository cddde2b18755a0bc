package dev.holdfast.isolator.life;

import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.MemoryController;
import dev.holdfast.isolator.OomReport;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.SomeLimits;
import dev.holdfast.linux.Errno;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OomSceneTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int A = Victims.NOBODY;
  private static final int B = A + 1;
  private static final int C = A + 2;

  @TempDir private Path directory;

  private final AtomicReference<Optional<Throwable>> uncaught =
      new AtomicReference<>(Optional.empty());
  private Thread.UncaughtExceptionHandler before = (_, _) -> {};

  @BeforeEach
  void watchForUncaughtExceptions() {
    before = Optional.ofNullable(Thread.getDefaultUncaughtExceptionHandler()).orElse((_, _) -> {});
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.set(Optional.of(e)));
  }

  @AfterEach
  void nobodyDiedOfAnException() {
    Thread.setDefaultUncaughtExceptionHandler(before);
    assertThat(uncaught.get()).isEmpty();
  }

  private FakeProc proc() {
    return new FakeProc(directory);
  }

  private OomScene scene(Ground ground) {
    return new OomScene(ground.run, proc().reader());
  }

  private OomScene.Snapshot snapshot(Ground ground) {
    return scene(ground).snapshot(memory(ground), PATIENCE);
  }

  private Ground withProcesses(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    new LimitWriter(ground.run, RunId.random(), Ground.ledger())
        .apply(new SomeLimits().memory("64m").build());
    for (int pid : new int[] {A, B, C}) {
      ground.fake.processes().start(RUN, pid);
    }
    return ground;
  }

  private static MemoryController memory(Ground ground) {
    return ground.run.memory().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void theLargestComesFirst(HostKind kind) {
    Ground ground = withProcesses(kind);
    proc().add(A, Bytes.ofMebibytes(1), "small");
    proc().add(B, Bytes.ofMebibytes(40), "large", "--really");
    proc().add(C, Bytes.ofMebibytes(5));

    OomScene.Snapshot snapshot = snapshot(ground);

    assertThat(snapshot.complete()).isTrue();
    assertThat(snapshot.holders())
        .extracting(OomReport.Holder::pid, OomReport.Holder::command, OomReport.Holder::anon)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(B, "large --really", Bytes.ofMebibytes(40)),
            org.assertj.core.groups.Tuple.tuple(C, "nameless", Bytes.ofMebibytes(5)),
            org.assertj.core.groups.Tuple.tuple(A, "small", Bytes.ofMebibytes(1)));
  }

  @Test
  void aLongCommandLineIsCut() {
    Ground ground = withProcesses(HostKind.V1);
    proc().add(A, Bytes.ZERO, "x".repeat(10_000));

    assertThat(snapshot(ground).holders())
        .singleElement()
        .satisfies(holder -> assertThat(holder.command()).hasSize(256));
  }

  @Test
  void aProcessThatHasGoneIsNotInThePicture() {
    Ground ground = withProcesses(HostKind.V1);
    proc().add(B, Bytes.ZERO, "here");

    OomScene.Snapshot snapshot = snapshot(ground);

    assertThat(snapshot.holders()).extracting(OomReport.Holder::pid).containsExactly(B);
    assertThat(snapshot.complete()).isTrue();
  }

  @Test
  void aProcessThatCannotBeUnderstoodSpoilsOnlyItself() {
    Ground ground = withProcesses(HostKind.V1);
    proc().write(A, "status", "nonsense");
    proc().add(B, Bytes.ZERO, "here");

    OomScene.Snapshot snapshot = snapshot(ground);

    assertThat(snapshot.holders()).extracting(OomReport.Holder::pid).containsExactly(B);
    assertThat(snapshot.complete()).isFalse();
  }

  @Test
  void aListOfProcessesThatCannotBeReadIsNoCompletePicture() {
    Ground ground = withProcesses(HostKind.V1);
    ground.fs.failWhen(it -> it.path().endsWith("cgroup.procs"), Errno.EIO);

    OomScene.Snapshot snapshot = snapshot(ground);

    assertThat(snapshot.holders()).isEmpty();
    assertThat(snapshot.complete()).isFalse();
  }

  @Test
  void moreProcessesThanFitAreNoCompletePicture() {
    Ground ground = Ground.on(HostKind.V2).withRun();
    for (int i = 0; i < 1025; i++) {
      ground.fake.processes().start(RUN, Victims.NOBODY + i);
    }

    assertThat(snapshot(ground).complete()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aReportHasTheNumbersOfTheLook(HostKind kind) {
    Ground ground = withProcesses(kind);
    ground.fake.setUsage(RUN, Bytes.ofMebibytes(60));
    ground.fake.setUsage(RUN, Bytes.ofMebibytes(50));
    proc().add(A, Bytes.ofMebibytes(50), "a");
    OomScene scene = scene(ground);

    OomReport report = scene.report(memory(ground), Optional.of(snapshot(ground)), true);

    assertThat(report.limit()).isEqualTo(Limit.at(Bytes.ofMebibytes(64)));
    assertThat(report.usage()).contains(Bytes.ofMebibytes(50));
    assertThat(report.peak()).contains(Bytes.ofMebibytes(60));
    assertThat(report.statistics()).isNotEmpty();
    assertThat(report.processes()).hasSize(1);
    assertThat(report.age()).contains(Duration.ZERO);
    assertThat(report.complete()).isTrue();
  }

  @Test
  void aReportOfProcessesThatRanOnTellsItsAge() {
    Ground ground = withProcesses(HostKind.V2);
    OomScene scene = scene(ground);
    ground.fake.setUsage(RUN, Bytes.ofMebibytes(50));

    Optional<OomScene.Snapshot> snapshot = Optional.of(snapshot(ground));
    ground.fake.setUsage(RUN, Bytes.ZERO);
    OomReport report = scene.report(memory(ground), snapshot, false);

    assertThat(report.usage()).contains(Bytes.ofMebibytes(50));
    assertThat(report.age()).hasValueSatisfying(age -> assertThat(age).isPositive());
  }

  @Test
  void aReportWithoutALookAtTheProcessesSaysSo() {
    Ground ground = withProcesses(HostKind.V2);

    OomReport report = scene(ground).report(memory(ground), Optional.empty(), false);

    assertThat(report.processes()).isEmpty();
    assertThat(report.usage()).isEmpty();
    assertThat(report.statistics()).isEmpty();
    assertThat(report.age()).isEmpty();
    assertThat(report.complete()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void statisticsThatCannotBeReadSpoilNothingElse(HostKind kind) {
    Ground ground = withProcesses(kind);
    ground.fs.failWhen(it -> it.path().endsWith("memory.stat"), Errno.EIO);
    OomScene scene = scene(ground);

    OomReport report = scene.report(memory(ground), Optional.of(snapshot(ground)), true);

    assertThat(report.statistics()).isEmpty();
    assertThat(report.complete()).isFalse();
    assertThat(report.limit()).isEqualTo(Limit.at(Bytes.ofMebibytes(64)));
  }
}
