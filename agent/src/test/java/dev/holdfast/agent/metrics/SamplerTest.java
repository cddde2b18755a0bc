package dev.holdfast.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.api.Stats;
import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Controller;
import dev.holdfast.cgroup.CpuBandwidth;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.Io;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.cgroup.Sampler.Kept;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Usage;
import dev.holdfast.testkit.FakeCgroupFs;
import dev.holdfast.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SamplerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeClock clock = new FakeClock();
  private final List<LiveRun> live = new ArrayList<>();
  private final AgentMetrics metrics = new AgentMetrics("1.2.3");
  private final Sampler sampler = sampler(20_000);

  private Sampler sampler(long descriptors) {
    return new Sampler(
        () -> List.copyOf(live), SECOND, descriptors, metrics, clock, clock::nanoTime);
  }

  @AfterEach
  void close() {
    sampler.close();
  }

  private FakeRun add(String framework, String name) {
    FakeRun run = new FakeRun(framework, name);
    live.add(run.live(Limits.NONE));
    return run;
  }

  private void round() {
    clock.advance(SECOND);
    sampler.round();
  }

  private Stats latest(FakeRun run) {
    return sampler.latest(run.id()).orElseThrow();
  }

  static Stream<Supplier<FakeCgroupFs>> layouts() {
    return Stream.of(
        FakeCgroupFs::v1Split, FakeCgroupFs::v1Together, FakeCgroupFs::hybrid, FakeCgroupFs::v2);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aRunIsMeasuredOnEveryLayout(Supplier<FakeCgroupFs> layout) {
    FakeCgroupFs fake = layout.get();
    Hierarchy hierarchy = fake.hierarchy();
    Cgroup cgroup = hierarchy.cgroup(CgroupPath.parse("holdfast/run"), hierarchy.controllers());
    cgroup.ensure();
    cgroup.cpu().orElseThrow().setBandwidth(Limit.at(new CpuBandwidth(50_000, 100_000)));
    cgroup.memory().orElseThrow().setLimits(Limit.at(Bytes.ofMebibytes(64)), Optional.empty());
    fake.processes().start(cgroup.path());
    boolean countsIo = hierarchy.controllers().contains(Controller.IO);
    if (countsIo) {
      fake.setIo(cgroup.path(), new Io(4096, 8191, 3, 1));
    }
    FakeRun run = new FakeRun(new ExecutorId("f", "e"), Optional.of(cgroup));
    live.add(run.live(Samples.HALF));
    round();
    assertThat(latest(run).cpuPercent()).isNull();
    fake.setUsage(cgroup.path(), Bytes.ofMebibytes(20));
    fake.setPageCache(cgroup.path(), Bytes.ofMebibytes(4));
    fake.setCpuTime(cgroup.path(), Duration.ofMillis(300), Duration.ofMillis(200));
    fake.setThrottling(cgroup.path(), 10, 4, Duration.ofMillis(70));
    round();
    Stats stats = latest(run);
    assertThat(stats.cpuSeconds()).isEqualTo(0.5);
    assertThat(stats.cpuUserSeconds()).isEqualTo(0.3);
    assertThat(stats.cpuSystemSeconds()).isEqualTo(0.2);
    assertThat(stats.cpuPercent()).isEqualTo(50);
    assertThat(stats.cpus()).isEqualTo(0.5);
    assertThat(stats.cpuThrottledPeriods()).isEqualTo(4);
    assertThat(stats.cpuThrottledSeconds()).isEqualTo(0.07);
    assertThat(stats.memoryBytes()).isEqualTo(24L << 20);
    assertThat(stats.memoryWorkingSetBytes()).isEqualTo(20L << 20);
    assertThat(stats.memoryAnonBytes()).isEqualTo(20L << 20);
    assertThat(stats.memoryFileBytes()).isEqualTo(4L << 20);
    assertThat(stats.memoryLimitBytes()).isEqualTo(64L << 20);
    assertThat(stats.pids()).isEqualTo(1);
    assertThat(stats.oomKills()).isZero();
    assertThat(stats.ioReadBytes()).isEqualTo(countsIo ? 4096L : null);
    assertThat(stats.ioWrittenBytes()).isEqualTo(countsIo ? 8191L : null);
    assertThat(stats.ioReads()).isEqualTo(countsIo ? 3L : null);
    assertThat(stats.ioWrites()).isEqualTo(countsIo ? 1L : null);
    assertThat(sampler.history(run.id())).hasSize(2);
    fake.processes().kill(fake.processes().start(cgroup.path()));
    assertThat(sampler.metrics())
        .contains("container_memory_rss{framework=\"f\",id=\"" + id(cgroup) + "\",name=\"e\"");
  }

  private static String id(Cgroup cgroup) {
    return CgroupName.of(cgroup.directories());
  }

  @Test
  void aRunThatHasGoneEndsQuietlyAndIsKnownForAWhile() {
    FakeRun run = add("f", "e");
    run.usage = Samples.busy(SECOND);
    round();
    live.clear();
    round();
    assertThat(run.closed).isEqualTo(1);
    assertThat(sampler.latest(run.id())).isPresent();
    clock.advance(History.WINDOW);
    round();
    assertThat(sampler.latest(run.id())).isEmpty();
    assertThat(sampler.history(run.id())).isEmpty();
  }

  @Test
  void anUnknownRunHasNoStatistics() {
    assertThat(sampler.latest(RunId.random())).isEmpty();
    assertThat(sampler.history(RunId.random())).isEmpty();
  }

  @Test
  void aNewRunIsReadWhenAskedFor() {
    FakeRun run = add("f", "e");
    run.usage = Samples.busy(SECOND);
    assertThat(latest(run).cpuSeconds()).isEqualTo(1);
  }

  @Test
  void oneRunsFailureCostsItsReadingAlone() {
    FakeRun broken = add("f", "broken");
    FakeRun sound = add("f", "sound");
    broken.usage = Samples.busy(SECOND);
    sound.usage = Samples.busy(SECOND);
    broken.failWith(new IllegalStateException("no"));
    round();
    assertThat(sampler.history(broken.id())).isEmpty();
    assertThat(sampler.history(sound.id())).hasSize(1);
    broken.heal();
    round();
    assertThat(sampler.history(broken.id())).hasSize(1);
  }

  @Test
  void aCgroupThatIsNotThereYetIsTriedAgain() {
    FakeRun run = add("f", "e");
    round();
    run.usage = Samples.busy(SECOND);
    round();
    assertThat(run.opened).isEqualTo(2);
    assertThat(sampler.history(run.id())).hasSize(1);
  }

  @Test
  void theShareOfACpuIsNeverNegative() {
    FakeRun run = add("f", "e");
    run.usage = Samples.cpuAlone(Duration.ofSeconds(9));
    round();
    run.usage = Samples.cpuAlone(Duration.ofSeconds(8));
    round();
    assertThat(latest(run).cpuPercent()).isZero();
    run.usage = Samples.cpuAlone(Duration.ofSeconds(10));
    round();
    assertThat(latest(run).cpuPercent()).isEqualTo(200);
  }

  @Test
  void aRelaunchedExecutorBeginsAnew() {
    FakeRun first = add("f", "e");
    first.usage = Samples.cpuAlone(Duration.ofSeconds(100));
    round();
    live.clear();
    FakeRun second = add("f", "e");
    second.usage = Samples.cpuAlone(Duration.ofSeconds(1));
    round();
    assertThat(latest(second).cpuPercent()).isNull();
  }

  @Test
  void timeGoesOnWhenTheClockIsSetBack() {
    FakeRun run = add("f", "e");
    for (int second = 0; second < 5; second++) {
      run.usage = Samples.cpuAlone(Duration.ofMillis(500L * second));
      round();
      clock.jump(Duration.ofHours(second == 2 ? -1 : 0));
    }
    clock.jump(Duration.ofHours(1));
    List<Stats> history = sampler.history(run.id());
    assertThat(history).extracting(it -> Instant.parse(it.time())).isSorted().hasSize(5);
    assertThat(history.getLast().cpuPercent()).isEqualTo(50);
  }

  @Test
  void whatEndedRunsHaveUsedStaysCounted() {
    FakeRun run = add("f", "e");
    run.usage = Samples.cpuAlone(Duration.ofSeconds(5));
    round();
    assertThat(frameworkSeconds()).isEqualTo("5.0");
    live.clear();
    sampler.ended(
        run.id(),
        Samples.outcome(run.id(), run.executor(), Samples.cpuAlone(Duration.ofSeconds(7)), 2));
    assertThat(frameworkSeconds()).isEqualTo("7.0");
    round();
    round();
    assertThat(frameworkSeconds()).isEqualTo("7.0");
    assertThat(sampler.metrics())
        .contains("holdfast_framework_oom_kills_total{framework=\"f\"} 2.0")
        .contains("holdfast_verdicts_total{verdict=\"exited\"} 1.0")
        .doesNotContain("container_cpu_usage_seconds_total{");
  }

  @Test
  void aRunThatIsStillListedAfterItsEndIsNotMeasured() {
    FakeRun run = add("f", "e");
    run.usage = Samples.cpuAlone(Duration.ofSeconds(5));
    round();
    sampler.ended(run.id(), Samples.outcome(run.id(), run.executor(), Usage.NONE, 0));
    run.usage = Samples.cpuAlone(Duration.ofSeconds(6));
    round();
    assertThat(sampler.history(run.id())).hasSize(1);
    assertThat(frameworkSeconds()).isEqualTo("5.0");
  }

  private String frameworkSeconds() {
    String start = "holdfast_framework_cpu_seconds_total{framework=\"f\"} ";
    return sampler
        .metrics()
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void noMoreFilesAreKeptOpenThanThereIsRoomFor() {
    // Each takes two itself, half of the other ten may be used.
    try (Sampler frugal = sampler(14)) {
      FakeRun first = add("f", "1");
      FakeRun second = add("f", "2");
      first.usage = Samples.busy(SECOND);
      second.usage = Samples.busy(SECOND);
      frugal.round();
      assertThat(first.keptOpen()).isEqualTo(Kept.OFTEN_READ);
      assertThat(second.keptOpen()).isEqualTo(Kept.NONE);
      assertThat(frugal.latest(second.id())).isPresent();
      live.removeFirst();
      frugal.round();
      assertThat(first.closed).isEqualTo(1);
      assertThat(second.keptOpen()).isEqualTo(Kept.OFTEN_READ);
    }
  }

  @Test
  void ofManyRunsTheFilesThatTakeTurnsAreNotKeptOpen() {
    FakeRun first = add("f", "first");
    for (int i = 1; i < 256; i++) {
      add("f", "e" + i);
    }
    round();
    assertThat(first.keptOpen()).isEqualTo(Kept.ALL);

    FakeRun oneMore = add("f", "more");
    round();
    assertThat(first.keptOpen()).isEqualTo(Kept.OFTEN_READ);
    assertThat(oneMore.keptOpen()).isEqualTo(Kept.OFTEN_READ);

    live.removeLast();
    round();
    assertThat(first.keptOpen()).isEqualTo(Kept.ALL);
  }

  @Test
  void moreRunsThanThereAreDescriptorsForHaveNothingKeptOpen() {
    OpenFiles files = new OpenFiles(20_000);
    assertThat(files.of(999, 5_000)).isEqualTo(Kept.OFTEN_READ);
    assertThat(files.of(1_000, 5_000)).isEqualTo(Kept.NONE);
    assertThat(files.of(0, 11_000)).isEqualTo(Kept.NONE);
    assertThat(new OpenFiles(Long.MAX_VALUE).of(0, 1)).isEqualTo(Kept.ALL);
  }

  @Test
  void theThreadReadsAndEnds() {
    FakeRun run = add("f", "e");
    run.usage = Samples.busy(SECOND);
    Sampler started = new Sampler(() -> List.copyOf(live), Duration.ofMillis(5), 1_000, metrics);
    started.start();
    Awaitility.await().until(() -> started.history(run.id()).size() > 2);
    started.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(it -> it.getName().equals("sampler"))
        .isEmpty();
  }

  @Test
  void aRoundThatFailsIsFollowedByAnother() {
    List<Integer> rounds = new ArrayList<>();
    Sampler started =
        new Sampler(
            () -> {
              synchronized (rounds) {
                rounds.add(1);
              }
              throw new IllegalStateException("nobody knows");
            },
            Duration.ofMillis(2),
            1_000,
            metrics);
    started.start();
    Awaitility.await()
        .until(() -> {
          synchronized (rounds) {
            return rounds.size() > 3;
          }
        });
    started.close();
  }

  @Test
  void runsAreCountedByPhase() {
    add("f", "1").phase = Run.Phase.KILLING;
    add("f", "2");
    assertThat(sampler.metrics())
        .contains("holdfast_runs{phase=\"killing\"} 1.0")
        .contains("holdfast_runs{phase=\"running\"} 1.0")
        .contains("holdfast_runs{phase=\"preparing\"} 0.0");
  }
}
