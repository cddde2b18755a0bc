package dev.holdfast.agent.node;

import static dev.holdfast.agent.node.Ground.ANNA;
import static dev.holdfast.agent.node.Ground.ROOT;
import static dev.holdfast.agent.node.Ground.fetching;
import static dev.holdfast.agent.node.Ground.memory;
import static dev.holdfast.agent.node.Ground.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.Node;
import dev.holdfast.agent.NodeException;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "dev.holdfast.linux.Host#isRoot", disabledReason = "sandboxes change owners")
class RestartTest {
  @TempDir Path directory;
  private Ground ground;
  private Node node;

  @BeforeEach
  void start() throws Exception {
    ground = new Ground(directory);
    node = ground.start();
  }

  @AfterEach
  void close() {
    ground.close();
  }

  private Path runtime(ExecutorInfo run) {
    return ground.runtime.resolve("runs").resolve(run.id());
  }

  private Path meta(ExecutorInfo run) throws Exception {
    try (var files = Files.walk(ground.work.resolve("meta"))) {
      return files.filter(file -> file.endsWith(run.id())).findFirst().orElseThrow();
    }
  }

  @Test
  void runsOfAKilledAgentAreThereAgain() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ids.add(node.launch(ROOT, request("web" + i, memory(40), null, "sleep")).id());
    }
    ground.die();
    node = ground.start();

    assertThat(node.list(ROOT, false, Optional.empty()))
        .hasSize(50)
        .allSatisfy(run -> assertThat(run.state()).isEqualTo("running"))
        .extracting(ExecutorInfo::id)
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(node.info(ROOT).used().memoryBytes()).isEqualTo((50L * 40) << 20);
    assertThat(ground.runs.known.orElseThrow()).hasSize(50);
    assertThat(node.explain(ROOT, ids.getFirst()).events())
        .extracting(Event::type)
        .contains("launched", "recovered");
  }

  private FakeHost.FakeRun seen(ExecutorInfo run) {
    return ground.host.life(run.id()).seenBy.orElseThrow();
  }

  @Test
  void aRunWhoseFilesWereOnTheirWayIsLaunchedAgain() throws Exception {
    ExecutorInfo fetching = node.launch(ROOT, fetching("a", "http://h/x"));
    ExecutorInfo fetched = node.launch(ROOT, fetching("b", "http://h/x"));
    assertThat(fetching.state()).isEqualTo("fetching");
    assertThat(fetching.started()).isNull();
    seen(fetched).fetched();
    assertThat(node.inspect(ROOT, fetched.id()).state()).isEqualTo("running");
    ground.die();
    node = ground.start();

    assertThat(ground.runs.launched).containsExactly(RunId.parse(fetching.id()));
    assertThat(ground.runs.adopted).containsExactly(RunId.parse(fetched.id()));
    assertThat(ground.runs.known.orElseThrow()).hasSize(2);
    assertThat(node.inspect(ROOT, fetching.id()).state()).isEqualTo("fetching");
  }

  @Test
  void aRunThatWasToBeKilledWhileItFetchedIsNotLaunchedAgain() throws Exception {
    ExecutorInfo fetching = node.launch(ROOT, fetching("a", "http://h/x"));
    seen(fetching).decide(new Verdict.Killed("anna"));
    ground.die();
    node = ground.start();

    assertThat(ground.runs.launched).isEmpty();
    assertThat(node.inspect(ROOT, fetching.id()).verdict()).isEqualTo("killed");
    assertThat(runtime(fetching)).doesNotExist();
  }

  @Test
  void theLogsOfARunThatIsFetchingAreThere() throws Exception {
    ExecutorInfo fetching = node.launch(ROOT, fetching("a", "http://h/x"));

    assertThat(Path.of(fetching.sandbox()).resolve("stdout")).exists();
    assertThat(Path.of(fetching.sandbox()).resolve("stderr")).isEmptyFile();
  }

  @Test
  void whatEndedMeanwhileHasItsTrueStatus() throws Exception {
    ExecutorInfo exited = node.launch(ROOT, request("a", "sleep"));
    ExecutorInfo full = node.launch(ROOT, request("b", "sleep"));
    ground.die();
    ground.host.exit(exited.id(), 7);
    ground.host.end(
        RunId.parse(full.id()), new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.empty()));
    node = ground.start();

    assertThat(node.inspect(ROOT, exited.id()).exitCode()).isEqualTo(7);
    assertThat(node.inspect(ROOT, full.id()).verdict()).isEqualTo("out_of_memory");
    assertThat(runtime(exited)).doesNotExist();
  }

  @Test
  void whatEndedBeforeIsHistory() throws Exception {
    ExecutorInfo run = node.launch(ANNA, request("a", "sleep"));
    ground.host.exit(run.id(), 4);
    ExecutorInfo before = node.inspect(ANNA, run.id());
    ground.die();
    node = ground.start();

    assertThat(node.inspect(ANNA, "default/a")).isEqualTo(before);
    assertThat(ground.runs.adopted).isEmpty();
  }

  @Test
  void changedLimitsAndTheirDeferralSurvive() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", memory(512), null, "sleep"));
    ground.host.life(run.id()).deferred = Optional.of("400 MiB are in use");
    node.update(ROOT, run.id(), memory(256), false);
    ground.die();
    node = ground.start();

    ExecutorInfo after = node.inspect(ROOT, run.id());
    assertThat(after.limits().memoryBytes()).isEqualTo(256L << 20);
    assertThat(after.limitsDeferred()).isEqualTo("400 MiB are in use");
  }

  @Test
  void aDecidedVerdictSurvivesTheAgentThatDecided() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path file = runtime(run).resolve("checkpoint.json");
    var checkpoint =
        dev.holdfast.agent.checkpoint.Checkpoint.parse(Files.readString(file)).orElseThrow();
    ground.die();
    Files.writeString(
        file,
        checkpoint
            .withDecided(new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.empty()))
            .format());
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("out_of_memory");
  }

  @Test
  void aTornCheckpointIsRebuiltFromTheDurableOne() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path file = runtime(run).resolve("checkpoint.json");
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length(); length += 97) {
      ground.die();
      Files.writeString(file, whole.substring(0, length));
      node = ground.start();
      assertThat(node.inspect(ROOT, run.id()).state()).as("cut at " + length).isEqualTo("running");
      assertThat(Files.readString(file)).isEqualTo(whole);
    }
  }

  @Test
  void aTornDurableCheckpointDoesNoHarm() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Files.writeString(meta(run).resolve("spec.json"), "");
    ground.die();
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
  }

  private void tearAll(ExecutorInfo run) throws Exception {
    Files.writeString(meta(run).resolve("spec.json"), "{");
    Files.writeString(runtime(run).resolve("checkpoint.json"), "{");
    Files.writeString(runtime(run).resolve("launched.json"), "{");
  }

  @Test
  void aRunOfWhichNothingCanBeReadIsAnOrphan() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    tearAll(run);
    ground.die();
    node = ground.start();
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
    assertThat(ground.host.lives).isEmpty();
    assertThat(ground.orphansDestroyed).isEqualTo(1);
    assertThat(runtime(run)).doesNotExist();
  }

  @Test
  void anOrphanThatCannotBeDestroyedIsNotCountedAsDestroyed() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    tearAll(run);
    ground.die();
    ground.host.lives.values().forEach(life -> life.stuck = true);
    node = ground.start();
    assertThat(ground.host.lives).hasSize(1);
    assertThat(ground.orphansDestroyed).isZero();
  }

  @Test
  void aWipedRuntimeDirectoryIsMadeUpForAsFarAsPossible() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.die();
    dev.holdfast.agent.checkpoint.Trees.delete(ground.runtime);
    node = ground.start();

    ExecutorInfo lost = node.inspect(ROOT, run.id());
    assertThat(lost.verdict()).isEqualTo("lost");
    assertThat(String.valueOf(lost.outcome())).contains("runtime directory were removed");
    assertThat(ground.host.lives).as("nobody can look after it any more").isEmpty();
  }

  @Test
  void afterARebootAllIsLostAndNothingIsTouched() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ExecutorInfo before = node.launch(ROOT, request("b", "sleep"));
    ground.host.exit(before.id(), 0);
    ground.die();
    ground.bootId = "00000000-0000-4000-8000-000000000002";
    node = ground.start();

    ExecutorInfo lost = node.inspect(ROOT, run.id());
    assertThat(lost.verdict()).isEqualTo("lost");
    assertThat(String.valueOf(lost.outcome())).contains("restarted");
    assertThat(node.inspect(ROOT, before.id()).verdict()).isEqualTo("exited");
    assertThat(ground.runs.adopted).isEmpty();
    assertThat(ground.host.life(run.id()).signals).isEmpty();
    assertThat(ground.runs.known.orElseThrow()).contains(RunId.parse(run.id()));
  }

  @Test
  void nothingOfAnotherBootIsTouchedByAnyLaterAgentEither() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.die();
    String boot = ground.bootId;
    ground.bootId = "00000000-0000-4000-8000-000000000002";
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("lost");

    for (String id : List.of(ground.bootId, boot, boot)) {
      ground.die();
      ground.bootId = id;
      node = ground.start();
      assertThat(ground.runs.known.orElseThrow()).contains(RunId.parse(run.id()));
      assertThat(ground.runs.adopted).isEmpty();
    }
  }

  /// Without its record a later agent would take what lives there for an orphan.
  @Test
  void theRecordOfARunOfAnotherBootStaysWhileItsCgroupIsInUse() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.die();
    ground.bootId = "00000000-0000-4000-8000-000000000002";
    ground.gcDelay = Duration.ZERO;
    node = ground.start();

    ground.agent().turn();
    assertThatThrownBy(() -> node.remove(ROOT, run.id()))
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.CONFLICT))
        .hasMessageContaining("processes live in its cgroup: end them first (" + run.leader());
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("lost");

    ground.host.life(run.id()).verdict = Optional.of(new Verdict.Exited(0));
    node.remove(ROOT, run.id());
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
  }

  @Test
  void aBootIdInTheRuntimeDirectoryCountsAsWell() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.die();
    Files.writeString(ground.runtime.resolve("boot_id"), "00000000-0000-4000-8000-00000000000f\n");
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("lost");
    assertThat(ground.runs.adopted).isEmpty();
  }

  /// The seed assumed that its flags had not changed, and would have taken the runs for ended.
  @Test
  void runsBelowAnotherRootEndTheStartAndNothingElse() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ExecutorInfo ended = node.launch(ROOT, request("b", "sleep"));
    ground.host.exit(ended.id(), 0);
    ground.die();
    ground.cgroupsRoot = "elsewhere";

    assertThatThrownBy(ground::start)
        .isInstanceOf(RecoveryException.class)
        .hasMessage(
            "the run default/a lives below the cgroups' root holdfast, not elsewhere: start with"
                + " --cgroups-root holdfast, and with --recover cleanup to end it first");
    assertThat(ground.runs.adopted).isEmpty();
    assertThat(ground.runs.holdsRoot).isFalse();
    ground.cgroupsRoot = "holdfast";
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
    ground.host.exit(run.id(), 0);
    ground.die();
    ground.cgroupsRoot = "elsewhere";
    node = ground.start();
    assertThat(node.inspect(ROOT, ended.id()).verdict()).isEqualTo("exited");
  }

  @Test
  void runsInAnotherRuntimeDirectoryEndTheStartAndNothingElse() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path before = ground.runtime;
    ground.die();
    ground.runtime = directory.resolve("other");

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(ground::start)
          .isInstanceOf(RecoveryException.class)
          .hasMessage(
              "the run default/a is kept in the runtime directory %s, not %s: start with"
                      .formatted(before, ground.runtime)
                  + " --runtime-dir %s, and with --recover cleanup to end it first"
                      .formatted(before));
      assertThat(ground.runs.adopted).isEmpty();
      assertThat(ground.runs.holdsRoot).isFalse();
    }
    ground.runtime = before;
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
    ground.host.exit(run.id(), 0);
    ground.die();
    ground.runtime = directory.resolve("other");
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("exited");
    assertThat(node.launch(ROOT, request("b", "sleep")).state()).isEqualTo("running");
    ground.die();
    node = ground.start();
    assertThat(node.inspect(ROOT, "default/b").state()).isEqualTo("running");
  }

  @Test
  void aRunThatIsKnownInAnotherRuntimeDirectoryAloneEndsTheStart() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path before = ground.runtime;
    dev.holdfast.agent.checkpoint.Trees.delete(meta(run));
    ground.die();
    ground.runtime = directory.resolve("other");

    assertThatThrownBy(ground::start)
        .hasMessageStartingWith("the run default/a is kept in the runtime directory " + before);
    Files.writeString(before.resolve("boot_id"), "00000000-0000-4000-8000-00000000000f\n");
    node = ground.start();
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
  }

  @Test
  void runsInAnotherHierarchyEndTheStartAndNothingElse() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.die();
    ground.hierarchy = Optional.of(Path.of("/cgroup"));

    assertThatThrownBy(ground::start)
        .isInstanceOf(RecoveryException.class)
        .hasMessage(
            "the run default/a lives in the cgroups' hierarchy auto, not /cgroup: start with"
                + " --cgroups-hierarchy auto, and with --recover cleanup to end it first");
    assertThat(ground.runs.adopted).isEmpty();
    ground.hierarchy = Optional.empty();
    node = ground.start();
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
  }

  /// An agent from before the place was written down.
  @Test
  void withoutAWordOfThePlaceBeforeItIsTheSame() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path info = ground.work.resolve("meta/slaves/latest/slave.info");
    for (String text : List.of("", "{", "{\"id\":\"x\"}")) {
      Files.writeString(info, text);
      ground.die();
      node = ground.start();
      assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
    }
    assertThat(info).content().contains("\"runtime_dir\":\"" + ground.runtime + "\"");
  }

  /// The seed stopped reading at the first pid file that was missing, and could not read an empty
  /// one at all.
  @Test
  void pidFilesAreNotWhatARunStandsOrFallsWith() throws Exception {
    ExecutorInfo ended = node.launch(ROOT, request("a", "sleep"));
    ExecutorInfo alive = node.launch(ROOT, request("b", "sleep"));
    ExecutorInfo also = node.launch(ROOT, request("c", "sleep"));
    ground.host.exit(ended.id(), 6);
    Files.delete(meta(ended).resolve("pids/forked.pid"));
    Files.writeString(meta(alive).resolve("pids/forked.pid"), "");
    Files.writeString(meta(also).resolve("pids/forked.pid"), "no pid");
    ground.die();
    node = ground.start();

    assertThat(node.inspect(ROOT, ended.id()).exitCode()).isEqualTo(6);
    assertThat(node.inspect(ROOT, alive.id()).state()).isEqualTo("running");
    assertThat(node.inspect(ROOT, also.id()).state()).isEqualTo("running");
    assertThat(ground.runs.adopted).hasSize(2);
  }

  @Test
  void anEmbeddedRunsDirectoryIsLeftAlone() throws Exception {
    Path embedded = ground.runtime.resolve("runs").resolve(RunId.random().toString());
    Files.createDirectories(embedded);
    Files.writeString(embedded.resolve("pids"), "launcher 1 2\n");
    ground.die();
    node = ground.start();
    assertThat(embedded.resolve("pids")).exists();
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
  }

  @Test
  void anOutcomeThatCannotBeWrittenIsKeptAndTriedAgain() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path meta = meta(run);
    Path aside = meta.resolveSibling("aside");
    Files.move(meta, aside);
    Files.writeString(meta, "in the way");

    ground.host.exit(run.id(), 5);
    assertThat(node.inspect(ROOT, run.id()).exitCode()).isEqualTo(5);
    assertThat(node.info(ROOT).pending()).anyMatch(it -> it.contains("could not be written"));
    assertThat(runtime(run)).exists();

    Files.delete(meta);
    Files.move(aside, meta);
    ground.agent().turn();
    assertThat(node.info(ROOT).pending()).isEmpty();
    assertThat(meta.resolve("outcome.json")).exists();
    assertThat(meta.resolve("executor.sentinel")).exists();
    assertThat(runtime(run)).doesNotExist();
  }

  @Test
  void aFullWorkDirectoryRefusesLaunchesAndNothingElse() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path frameworks = directory.resolve("work/slaves/" + ground.agent().agent() + "/frameworks");
    Files.move(frameworks, frameworks.resolveSibling("aside"));
    Files.writeString(frameworks, "in the way");

    assertThatThrownBy(() -> node.launch(ROOT, request("b", "sleep")))
        .isInstanceOfSatisfying(
            NodeException.class,
            e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.UNAVAILABLE));
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
  }

  @Test
  void unreadableLevelsEndTheStartUnlessTheyMayBePassedOver() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    Path checkpoint = runtime(run).resolve("checkpoint.json");
    Files.delete(checkpoint);
    Files.createDirectory(checkpoint);
    ground.die();

    assertThatThrownBy(ground::start)
        .isInstanceOf(RecoveryException.class)
        .hasMessageContaining("--no-strict");
    ground.strict = false;
    node = ground.start();
    assertThat(node.list(ROOT, false, Optional.empty())).hasSize(1);
  }

  @Test
  void cleanupEndsAllAndForgetsTheAgent() throws Exception {
    node.launch(ROOT, request("a", "sleep"));
    String agent = ground.agent().agent();
    ground.die();
    node = ground.start();
    ground.agent().endAll();

    assertThat(node.list(ROOT, false, Optional.empty())).isEmpty();
    ground.die();
    ground.start();
    assertThat(ground.agent().agent()).isNotEqualTo(agent);
  }

  @Test
  void theCheckpointTreeIsTheSeeds() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a/b", "sleep"));
    Path slaves = ground.work.resolve("meta/slaves");
    Path executor = slaves.resolve("latest").resolve("frameworks/default/executors/a%2Fb");

    assertThat(slaves.resolve("latest/slave.info")).exists();
    assertThat(executor.resolve("executor.info")).exists();
    assertThat(executor.resolve("runs/latest").toRealPath().getFileName()).hasToString(run.id());
    assertThat(executor.resolve("runs/latest/pids/forked.pid"))
        .hasContent(String.valueOf(run.leader()));
    assertThat(executor.resolve("runs/latest/executor.sentinel")).doesNotExist();
    ground.host.exit(run.id(), 0);
    assertThat(executor.resolve("runs/latest/executor.sentinel")).isEmptyFile();
    assertThat(executor.resolveSibling("../framework.info").normalize()).exists();
  }
}
