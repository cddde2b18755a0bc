package dev.holdfast.agent.node;

import static dev.holdfast.agent.node.Ground.ANNA;
import static dev.holdfast.agent.node.Ground.BEN;
import static dev.holdfast.agent.node.Ground.ROOT;
import static dev.holdfast.agent.node.Ground.memory;
import static dev.holdfast.agent.node.Ground.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.Node;
import dev.holdfast.agent.NodeException;
import dev.holdfast.agent.NodeException.Kind;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.UpdateResult;
import dev.holdfast.isolator.InvalidSpecException;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.isolator.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "dev.holdfast.linux.Host#isRoot", disabledReason = "sandboxes change owners")
class AgentNodeTest {
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

  private static void refused(Kind kind, String part, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .hasMessageContaining(part);
  }

  @Test
  void aRunIsListedFromItsLaunchToItsRemoval() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep", "9"));

    assertThat(run.state()).isEqualTo("running");
    assertThat(run.framework()).isEqualTo("default");
    assertThat(node.list(ROOT, false, Optional.empty())).hasSize(1);

    ground.host.exit(run.id(), 3);
    assertThat(node.list(ROOT, false, Optional.empty())).isEmpty();
    ExecutorInfo ended = node.inspect(ROOT, "default/web");
    assertThat(ended.state()).isEqualTo("finished");
    assertThat(ended.verdict()).isEqualTo("exited");
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.outcome()).isNotNull();

    node.remove(ROOT, run.id());
    assertThat(Path.of(run.sandbox())).doesNotExist();
    refused(Kind.NOT_FOUND, "web", () -> node.inspect(ROOT, "default/web"));
  }

  @Test
  void aLiveRunIsNotRemoved() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));
    refused(Kind.CONFLICT, "stop it first", () -> node.remove(ROOT, run.id()));
  }

  @Test
  void twoLiveRunsCannotHaveOneNameButOneThatNobodyChoseGivesWay() throws Exception {
    node.launch(ROOT, request("sleep", "sleep"));

    refused(Kind.CONFLICT, "alive", () -> node.launch(ANNA, request("sleep", "sleep")));
    ExecutorInfo second =
        node.launch(ROOT, request(null, dev.holdfast.api.ResourceLimits.NONE, null, "/bin/sleep"));
    assertThat(second.name()).startsWith("sleep-");
  }

  @Test
  void usersRunAsThemselvesAndSeeTheirOwn() throws Exception {
    ExecutorInfo annas = node.launch(ANNA, request("a", "sleep"));
    ExecutorInfo bens = node.launch(BEN, request("b", "sleep"));

    assertThat(annas.user()).isEqualTo("anna");
    assertThat(Files.getAttribute(Path.of(annas.sandbox()), "unix:uid")).isEqualTo(1001);
    assertThat(node.list(ANNA, true, Optional.empty()))
        .extracting(ExecutorInfo::id)
        .containsExactly(annas.id());
    assertThat(node.list(ROOT, true, Optional.empty())).hasSize(2);
    refused(Kind.NOT_FOUND, "", () -> node.inspect(ANNA, bens.id()));
    refused(Kind.NOT_FOUND, "", () -> node.kill(ANNA, bens.id(), Optional.empty()));
    refused(
        Kind.NOT_FOUND,
        "",
        () -> node.logs(ANNA, "default/b", "stdout", false, OptionalLong.empty()));
    refused(Kind.NOT_FOUND, "", () -> node.inspect(ANNA, bens.id().substring(0, 8)));
  }

  @Test
  void aReaderLooksAndTouchesNothing() throws Exception {
    ExecutorInfo run = node.launch(ANNA, request("a", "sleep"));
    Caller reader = Caller.READER;

    assertThat(node.inspect(reader, run.id()).id()).isEqualTo(run.id());
    refused(Kind.FORBIDDEN, "", () -> node.launch(reader, request("x", "sleep")));
    refused(Kind.FORBIDDEN, "", () -> node.kill(reader, run.id(), Optional.empty()));
    refused(Kind.FORBIDDEN, "", () -> node.pause(reader, run.id()));
    refused(Kind.FORBIDDEN, "", () -> node.remove(reader, run.id()));
    refused(Kind.FORBIDDEN, "", () -> node.update(reader, run.id(), memory(64), false));
  }

  @Test
  void killingTellsWhomItKilled() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));

    var receipt = node.kill(ROOT, run.id(), Optional.empty());
    assertThat(receipt.mechanism()).isEqualTo("cgroup.kill");
    assertThat(receipt.count()).isEqualTo(1);
    assertThat(node.inspect(ROOT, run.id()).verdict()).isEqualTo("killed");
    refused(Kind.CONFLICT, "has ended", () -> node.kill(ROOT, run.id(), Optional.empty()));
  }

  @Test
  void ofTooManyThatHaveEndedTheNewestAreKept() throws Exception {
    ExecutorInfo alive = node.launch(ROOT, request("alive", "sleep"));
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ExecutorInfo run = node.launch(ROOT, request("e" + i, "sleep", "" + i));
      ground.clock.advance(Duration.ofMinutes(1));
      ground.host.exit(run.id(), i);
      ended.add(run.id());
    }
    ground.agent().collect(2);

    assertThat(node.list(ROOT, true, Optional.empty()))
        .extracting(ExecutorInfo::id)
        .containsExactly(alive.id(), ended.get(3), ended.get(4));
    assertThat(node.inspect(ROOT, ended.get(4)).command()).containsExactly("sleep", "4");
    assertThat(node.inspect(ROOT, ended.get(4)).exitCode()).isEqualTo(4);
  }

  @Test
  void otherSignalsArePassedOn() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));

    node.kill(ROOT, run.id(), Optional.of("SIGHUP"));
    assertThat(ground.host.life(run.id()).signals).containsExactly("SIGHUP");
    refused(
        Kind.BAD_REQUEST,
        "there is no signal 'NONE': write a name as TERM or SIGTERM, or a number from 1 to 64",
        () -> node.kill(ROOT, run.id(), Optional.of("NONE")));
  }

  @Test
  void stoppingGivesTheTimeThatWasAskedForOrTheNodes() throws Exception {
    ExecutorInfo first = node.launch(ROOT, request("a", "sleep"));
    ExecutorInfo second = node.launch(ROOT, request("b", "sleep"));

    assertThat(node.stop(ROOT, first.id(), Optional.empty()).verdict()).isEqualTo("killed");
    node.stop(ROOT, second.id(), Optional.of(Duration.ofSeconds(1)));
    assertThat(ground.host.life(first.id()).signals).containsExactly("stop 5000");
    assertThat(ground.host.life(second.id()).signals).containsExactly("stop 1000");
  }

  @Test
  void aPausedRunSaysSo() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));
    node.pause(ROOT, run.id());
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("paused");
    node.unpause(ROOT, run.id());
    assertThat(node.inspect(ROOT, run.id()).state()).isEqualTo("running");
  }

  @Test
  void awaitingHasPatience() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));
    assertThat(node.await(ROOT, run.id(), Optional.of(Duration.ZERO))).isEmpty();
    ground.host.exit(run.id(), 0);
    assertThat(
            node.await(ROOT, run.id(), Optional.empty()).orElseThrow().get("exit_code").getAsInt())
        .isEqualTo(0);
  }

  @Test
  void moreThanThereIsIsRefusedWithWhatIsFree() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", memory(3072), null, "sleep"));

    refused(
        Kind.CONFLICT,
        "1 GiB free of 4 GiB",
        () -> node.launch(ROOT, request("b", memory(2048), null, "sleep")));
    assertThat(node.list(ROOT, true, Optional.empty())).hasSize(1);
    refused(Kind.CONFLICT, "free", () -> node.update(ROOT, run.id(), memory(5000), true));
    node.launch(ROOT, request("c", "sleep"));
    ground.host.exit(run.id(), 0);
    node.launch(ROOT, request("b", memory(4096), null, "sleep"));
  }

  @Test
  void aLimitThatIsRaisedToTheMinimumIsTold() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", memory(512), null, "sleep"));

    for (boolean dryRun : new boolean[] {true, false}) {
      assertThat(node.update(ROOT, run.id(), memory(1), dryRun).changes())
          .filteredOn(change -> change.limit().equals("memory_bytes"))
          .singleElement()
          .satisfies(change ->
              assertThat(change.detail())
                  .isEqualTo("from 512 MiB to 1 MiB, raised to the minimum of 32 MiB"));
    }
  }

  @Test
  void aLimitThatHasToWaitIsToldAndTriedAgain() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", memory(512), null, "sleep"));
    ground.host.life(run.id()).deferred = Optional.of("400 MiB are in use");

    UpdateResult result = node.update(ROOT, run.id(), memory(256), false);
    assertThat(result.changes())
        .filteredOn(change -> change.limit().equals("memory_bytes"))
        .singleElement()
        .satisfies(change -> {
          assertThat(change.action()).isEqualTo("deferred");
          assertThat(change.detail()).isEqualTo("400 MiB are in use");
        });
    ground.agent().turn();
    assertThat(node.inspect(ROOT, run.id()).limitsDeferred()).isEqualTo("400 MiB are in use");

    ground.host.life(run.id()).deferred = Optional.empty();
    ground.agent().turn();
    assertThat(node.inspect(ROOT, run.id()).limitsDeferred()).isNull();
    assertThat(node.explain(ROOT, run.id()).events())
        .filteredOn(event -> event.type().equals("updated"))
        .hasSize(2);
  }

  @Test
  void limitsThatSomebodyElseChangesAreToldOf() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.host.life(run.id()).drift = List.of("memory limit was 1 GiB, is 64 MiB again");
    ground.agent().turn();
    assertThat(node.explain(ROOT, run.id()).events())
        .extracting(Event::type)
        .contains("limit_drift");
  }

  /// A client need not try it again, as it would what is only not possible now.
  @Test
  void whatThisHostCannotGiveIsABadRequest() {
    ground.host.refusal = Optional.of(new InvalidSpecException("cpu 99 does not exist"));
    refused(
        Kind.BAD_REQUEST, "cpu 99 does not exist", () -> node.launch(ROOT, request("a", "sleep")));
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
  }

  @Test
  void whatCannotBeSetUpLeavesNothing() throws Exception {
    ground.host.refusal = Optional.of(new IsolatorException("the memory controller is missing"));
    refused(
        Kind.UNAVAILABLE,
        "memory controller",
        () -> node.launch(ROOT, request("a", memory(64), null, "sleep")));
    assertThat(node.list(ROOT, true, Optional.empty())).isEmpty();
    assertThat(node.info(ROOT).used().memoryBytes()).isZero();
    try (var left = Files.list(ground.runtime.resolve("runs"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anOldRunIsCollectedAndAYoungOneIsNot() throws Exception {
    ExecutorInfo old = node.launch(ROOT, request("old", "sleep"));
    ground.host.exit(old.id(), 0);
    ground.agent().turn();
    assertThat(node.list(ROOT, true, Optional.empty())).hasSize(1);

    ground.clock.advance(Duration.ofDays(8));
    ExecutorInfo live = node.launch(ROOT, request("live", "sleep"));
    ground.agent().turn();
    assertThat(node.list(ROOT, true, Optional.empty()))
        .extracting(ExecutorInfo::id)
        .containsExactly(live.id());
    assertThat(Path.of(old.sandbox())).doesNotExist();
  }

  @Test
  void whatItWroteCanBeRead() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("web", "sleep"));
    try (var logs = node.logs(ROOT, run.id(), "stdout", false, OptionalLong.empty())) {
      assertThat(new String(logs.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("hello from web\n");
    }
    refused(
        Kind.BAD_REQUEST,
        "../x",
        () -> node.logs(ROOT, run.id(), "../x", false, OptionalLong.empty()));
  }

  @Test
  void eventsOfOthersAreNotTold() throws Exception {
    var seen = new java.util.concurrent.LinkedBlockingQueue<Event>();
    try (var _ = node.events(ANNA, OptionalLong.of(0), seen::add)) {
      node.launch(BEN, request("b", "sleep"));
      ExecutorInfo annas = node.launch(ANNA, request("a", "sleep"));
      Event event = seen.take();
      while (event.run() == null) {
        event = seen.take();
      }
      assertThat(event.run()).isEqualTo(annas.id());
      assertThat(event.type()).isEqualTo("launched");
    }
  }

  @Test
  void aRunKilledForMemoryIsToldOfBeforeItIsGone() throws Exception {
    ExecutorInfo run = node.launch(ROOT, request("a", "sleep"));
    ground.host.end(
        RunId.parse(run.id()), new Verdict.OutOfMemory(Verdict.Scope.OWN_LIMIT, Optional.empty()));
    assertThat(node.explain(ROOT, run.id()).events())
        .extracting(Event::type)
        .containsSequence("launched", "state", "out_of_memory")
        .containsOnlyOnce("out_of_memory")
        .endsWith("ended");
    assertThat(node.explain(ROOT, run.id()).summary()).contains("ran out of memory");
  }
}
