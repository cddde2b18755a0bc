package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.RunObserver;
import dev.holdfast.isolator.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A run is found again by its launcher's door alone. The pids that its files tell of may be
/// others' by then: the seed watched, and in the end killed, whoever had them.
class ReusedPidTest {
  private static final ExecutorSpec SPEC =
      ExecutorSpec.builder(new ExecutorId("f", "e"), List.of("true")).build();

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void aLostRunsPidIsNobodysOfTheRuns(HostKind kind) throws Exception {
    assertThat(verdictBesideAStranger(kind, Optional.empty())).isInstanceOf(Verdict.Lost.class);
  }

  @ParameterizedTest
  @EnumSource(HostKind.class)
  void norIsThatOfARunThatWasToBeKilled(HostKind kind) throws Exception {
    Verdict decided = new Verdict.Killed("anna");

    assertThat(verdictBesideAStranger(kind, Optional.of(decided))).isEqualTo(decided);
  }

  private Verdict verdictBesideAStranger(HostKind kind, Optional<Verdict> decided)
      throws Exception {
    Process stranger = new ProcessBuilder("sleep", "1000").start();
    try (FakeHost host = new FakeHost(kind, directory)) {
      Verdict verdict = adopt(host, runWithPid(stranger.pid()), decided);
      assertThat(stranger.isAlive()).isTrue();
      return verdict;
    } finally {
      stranger.destroyForcibly();
    }
  }

  private RunId runWithPid(long pid) throws IOException {
    RunId id = RunId.random();
    Path files = Files.createDirectories(directory.resolve("runs").resolve(id.toString()));
    Files.writeString(files.resolve("pids"), "launcher %1$d 0\nleader %1$d 0\n".formatted(pid));
    return id;
  }

  private Verdict adopt(FakeHost host, RunId id, Optional<Verdict> decided) throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    RunObserver observer =
        new RunObserver() {
          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        };
    host.adopted(id, SPEC, decided, observer).live();
    return end.get(20, TimeUnit.SECONDS).verdict();
  }
}
