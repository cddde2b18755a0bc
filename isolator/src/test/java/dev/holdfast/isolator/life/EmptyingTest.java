package dev.holdfast.isolator.life;

import static dev.holdfast.isolator.life.Ground.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.linux.Errno;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Where the kernel tells that nobody is left, that is waited for; elsewhere nothing is.
class EmptyingTest {
  /// Longer than any test may take: whoever waits so long was not told.
  private static final Duration FOREVER = Duration.ofHours(1);

  private static final int PID = Victims.NOBODY;

  private static boolean isWatched(Ground ground) {
    return ground.fs.operations().stream()
        .anyMatch(it -> it.verb() == Verb.WATCH && it.path().endsWith("cgroup.events"));
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"HYBRID", "V2"})
  void theEndOfTheLastProcessEndsTheWait(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fake.processes().start(RUN, PID);
    try (Emptying emptying = new Emptying(ground.run)) {
      CompletableFuture<Boolean> wait =
          CompletableFuture.supplyAsync(() -> emptying.await(FOREVER), Thread::startVirtualThread);
      await().until(() -> isWatched(ground));

      ground.fake.processes().kill(PID);

      assertThat(wait.join()).isTrue();
      assertThat(emptying.await(FOREVER)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"HYBRID", "V2"})
  void aDestroyWaitsForIt(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fake.processes().start(RUN, PID);
    ground.fake.processes().setStuck(PID, true);
    CompletableFuture<Destroyer.Result> destroy =
        CompletableFuture.supplyAsync(
            () -> new Destroyer(ground.run, ProcFs.system(), FOREVER).destroy(),
            Thread::startVirtualThread);
    await().until(() -> isWatched(ground));

    ground.fake.processes().setStuck(PID, false);

    assertThat(destroy.join().failure()).isEmpty();
    assertThat(ground.run.exists()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"V1", "V1_TOGETHER"})
  void withoutACgroup2TreeNobodyTells(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fake.processes().start(RUN, PID);
    try (Emptying emptying = new Emptying(ground.run)) {
      assertThat(emptying.await(FOREVER)).isFalse();
    }
  }

  /// It is in another hierarchy still, of which the kernel does not tell.
  @Test
  void aProcessThatHasLeftTheCgroup2TreeIsNotWaitedFor() {
    Ground ground = Ground.on(HostKind.HYBRID).withRun();
    ground.fake.processes().start(RUN, PID);
    ground.fake.processes().put(Path.of("/sys/fs/cgroup/unified"), PID);
    try (Emptying emptying = new Emptying(ground.run)) {
      assertThat(emptying.await(FOREVER)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HostKind.class,
      names = {"HYBRID", "V2"})
  void aKernelThatWatchesNothingMoreIsNotWaitedFor(HostKind kind) {
    Ground ground = Ground.on(kind).withRun();
    ground.fake.processes().start(RUN, PID);
    ground.fs.failWhen(it -> it.verb() == Verb.WATCH, Errno.ENOSPC);
    try (Emptying emptying = new Emptying(ground.run)) {
      assertThat(emptying.await(FOREVER)).isFalse();
    }
  }
}
