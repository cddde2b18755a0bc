package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.api.Event;
import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Explanation;
import dev.holdfast.api.Json;
import dev.holdfast.api.KillReceipt;
import dev.holdfast.api.ProcessInfo;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import dev.holdfast.api.UpdateResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The verbs that ask an agent, which here says what the test wants.
@Timeout(60)
class AgentVerbsTest {
  private static final String RUN = "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0";
  private static final String HOSTILE = "\u001b[31mx\u009b2J\ny";

  @TempDir private Path directory;

  private final Terminals terminals = new Terminals();
  private final List<CannedAgent.Call> calls = new CopyOnWriteArrayList<>();
  private volatile CannedAgent.Answers answers = _ -> ok("{}");
  private CannedAgent agent;

  @BeforeEach
  void listen() throws IOException {
    Files.deleteIfExists(Surroundings.socket());
    agent =
        CannedAgent.listen(
            Surroundings.socket(),
            call -> {
              calls.add(call);
              return answers.to(call);
            });
  }

  @AfterEach
  void close() throws IOException {
    agent.close();
  }

  private static CannedAgent.Answer ok(String body) {
    return new CannedAgent.Answer(200, body);
  }

  private static CannedAgent.Answer ok(Object body) {
    return ok(Json.format(body));
  }

  private static CannedAgent.Answer notFound() {
    return new CannedAgent.Answer(
        404, "{\"code\":\"not_found\",\"message\":\"there is no such run\"}");
  }

  private static ExecutorInfo run(String state) {
    return run(RUN, "web", state);
  }

  private static ExecutorInfo run(String id, String name, String state) {
    boolean finished = state.equals("finished");
    return new ExecutorInfo(
        id,
        "default",
        name,
        state,
        "root",
        "nobody",
        List.of("sleep", "a long while and then some more"),
        Map.of(),
        ResourceLimits.NONE,
        null,
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z",
        finished ? "2026-01-02T03:04:06Z" : null,
        7,
        6,
        "/sandbox",
        "/cgroup",
        List.of(),
        finished ? "exited" : null,
        finished ? 3 : null,
        null);
  }

  private int call(String... words) {
    return Main.call(words, terminals.streams());
  }

  private List<String> asked() {
    return calls.stream()
        .map(it -> it.method() + " " + it.target() + (it.body().isEmpty() ? "" : " " + it.body()))
        .toList();
  }

  private JsonElement json() {
    return JsonParser.parseString(terminals.out());
  }

  @Test
  void psIsATable() {
    answers = _ -> ok(List.of(run("running"), run("paused")));

    assertThat(call("ps")).isZero();
    assertThat(asked()).containsExactly("GET /v1/executors?all=0");
    assertThat(terminals.out().lines())
        .hasSize(3)
        .first()
        .asString()
        .matches("RUN +NAME +COMMAND +USER +CREATED +STATUS");
    assertThat(terminals.out().lines().toList().get(1))
        .matches(
            "0b1c2d3e-4f5   default/web   sleep a long while and then s…   nobody   .* ago  "
                + " running .*");
    assertThat(terminals.err()).isEmpty();
  }

  @Test
  void psTellsHowRunsEnded() {
    answers = _ -> ok(List.of(run("finished")));

    assertThat(call("ps", "-a", "--framework", "ci")).isZero();
    assertThat(asked()).containsExactly("GET /v1/executors?all=1&framework=ci");
    assertThat(terminals.out()).contains("exited (3) ").endsWith(" ago\n");
  }

  @Test
  void psTellsIdsAlone() {
    answers = _ -> ok(List.of(run("running")));

    assertThat(call("ps", "-q")).isZero();
    assertThat(terminals.out()).isEqualTo(RUN + "\n");
  }

  @Test
  void psOfNothingIsAHeader() {
    answers = _ -> ok("[]");

    assertThat(call("ps")).isZero();
    assertThat(terminals.out()).hasLineCount(1);
  }

  @Test
  void everyListingVerbSpeaksJson() {
    answers = _ -> ok(List.of(run("running")));

    assertThat(call("ps", "--format", "json")).isZero();
    assertThat(json().getAsJsonArray().get(0).getAsJsonObject().get("name").getAsString())
        .isEqualTo("web");
    assertThat(call("ps", "--format", "xml")).isEqualTo(125);
    assertThat(terminals.messages())
        .containsExactly("holdfast: --format: 'xml' is not table or json");
  }

  @Test
  void inspectIsAnArrayEvenOfOne() {
    answers = _ -> ok(run("running"));

    assertThat(call("inspect", "default/web")).isZero();
    assertThat(asked()).containsExactly("GET /v1/executors/default%2Fweb");
    assertThat(json().getAsJsonArray()).hasSize(1);
  }

  @Test
  void whatFailsForOneIsToldAndTheOthersAreDone() {
    answers = call -> call.target().endsWith("bad") ? notFound() : ok(run("running"));

    assertThat(call("inspect", "bad", "good")).isEqualTo(125);
    assertThat(json().getAsJsonArray()).hasSize(1);
    assertThat(terminals.messages()).containsExactly("holdfast: there is no such run");
  }

  private static Stats stats() {
    return Json.parse(
        "{\"time\":\"2026-01-02T03:04:05Z\",\"cpu_percent\":12.34,\"cpus\":0.5,\"cpu_periods\":10,"
            + "\"cpu_throttled_periods\":5,\"memory_bytes\":16777216,"
            + "\"memory_limit_bytes\":67108864,\"memory_working_set_bytes\":1048576,\"pids\":3,"
            + "\"io_read_bytes\":2097152,\"io_written_bytes\":1024}",
        Stats.class);
  }

  private CannedAgent.Answer stats(CannedAgent.Call call) {
    if (call.target().endsWith("/stats")) {
      return ok(stats());
    }
    if (call.target().endsWith("history=1")) {
      return ok(List.of(stats(), stats()));
    }
    return call.target().contains("?all") ? ok(List.of(run("running"))) : ok(run("running"));
  }

  @Test
  void statsAreShownOnceWhereNobodyCanWatch() {
    answers = this::stats;

    assertThat(call("stats")).isZero();
    assertThat(terminals.out().lines().toList().get(1))
        .matches(
            "0b1c2d3e-4f5 +default/web +12.3 % +0.5 +50.0 % +16 MiB / 64 MiB +25.0 % +1 MiB"
                + " +2 MiB / 1 KiB +3");
  }

  @Test
  void statsOfARunThatHasJustEndedAreLeftOut() {
    answers = call -> call.target().endsWith("/stats") ? notFound() : stats(call);

    assertThat(call("stats")).isZero();
    assertThat(terminals.out()).hasLineCount(1);
    assertThat(call("stats", "web")).as("one that was named").isEqualTo(125);
  }

  @Test
  void statsAreOneDocument() {
    answers = this::stats;

    assertThat(call("stats", "--format", "json", "web")).isZero();
    JsonObject run = json().getAsJsonArray().get(0).getAsJsonObject();
    assertThat(run.get("run").getAsString()).isEqualTo(RUN);
    assertThat(run.get("cpu_percent").getAsDouble()).isEqualTo(12.34);
  }

  @Test
  void historyIsDrawn() {
    answers = this::stats;

    assertThat(call("stats", "--history", "web")).isZero();
    assertThat(terminals.out().lines())
        .containsExactly(
            "default/web (0b1c2d3e-4f5): 2 readings over 0 ms",
            "  cpu     ██  now 12.3 %, most 12.3 %",
            "  memory  ██  now 16 MiB, most 16 MiB");
    Terminals other = new Terminals();
    Main.call(new String[] {"stats", "--history", "--format", "json"}, other.streams());
    JsonArray runs = JsonParser.parseString(other.out()).getAsJsonArray();
    assertThat(runs.get(0).getAsJsonObject().get("history").getAsJsonArray()).hasSize(2);
  }

  @Test
  void historyTellsIdsAlone() {
    answers = this::stats;

    assertThat(call("stats", "--history", "-q")).isZero();
    assertThat(terminals.out()).isEqualTo(RUN + "\n");
  }

  @Test
  void topListsProcesses() {
    answers =
        _ ->
            ok(
                List.of(
                    new ProcessInfo(
                        7, 1, "nobody", "S", 1, 1.5, 1 << 20, "2026-01-02T03:04:05Z", HOSTILE)));

    assertThat(call("top", "web")).isZero();
    assertThat(asked()).containsExactly("GET /v1/executors/web/top");
    assertThat(terminals.out().lines().toList().get(1))
        .endsWith("   1.5 s   1 MiB   2026-01-02T03:04:05Z   ?[31mx?2J?y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ps", "ps --format json", "inspect x", "stats", "stats --history"})
  void hostileNamesNeverReachTheTerminal(String line) {
    answers =
        call ->
            call.target().contains("stats")
                ? stats(call)
                : call.target().contains("?all")
                    ? ok(List.of(run(RUN, HOSTILE, HOSTILE)))
                    : ok(run(RUN, HOSTILE, HOSTILE));

    assertThat(call(line.split(" ", -1))).isZero();
    assertThat(terminals.out()).contains("[31m").doesNotContain("\u001b", "\u009b");
  }

  @Test
  void hostileMessagesNeverReachTheTerminal() {
    JsonObject error = new JsonObject();
    error.addProperty("code", "conflict");
    error.addProperty("message", HOSTILE);
    answers = _ -> new CannedAgent.Answer(409, error.toString());

    assertThat(call("pause", "x")).isEqualTo(125);
    assertThat(terminals.messages()).containsExactly("holdfast: ?[31mx?2J?y");
  }

  private CannedAgent.Answer logs(CannedAgent.Call call) {
    if (call.target().contains("stream=stdout")) {
      return ok("out\u001b\n");
    }
    return call.target().contains("stream=stderr") ? ok("err\n") : ok(run("finished"));
  }

  @Test
  void logsGoWhereTheRunWroteThem() {
    answers = this::logs;

    assertThat(call("logs", "--tail", "5", "web")).isZero();
    assertThat(terminals.out()).isEqualTo("out\u001b\n");
    assertThat(terminals.err()).isEqualTo("err\n");
    assertThat(asked())
        .containsExactly(
            "GET /v1/executors/web/logs?stream=stdout&tail=5",
            "GET /v1/executors/web/logs?stream=stderr&tail=5");
  }

  @Test
  void logsMayBeOfOneStreamAndFollowed() {
    answers = this::logs;

    assertThat(call("logs", "-f", "--stderr", "web")).isZero();
    assertThat(terminals.out()).isEmpty();
    assertThat(terminals.err()).isEqualTo("err\n");
    assertThat(asked()).contains("GET /v1/executors/web/logs?stream=stderr&follow=1");
    assertThat(call("logs", "--tail", "x", "web")).isEqualTo(125);
    assertThat(terminals.err()).contains("--tail: 'x' is not a number of lines");
  }

  private static String event(long id, String message) {
    Event event =
        new Event(id, "2026-01-02T03:04:05Z", "ended", RUN, "default", "web", message, null);
    return "id: " + id + "\nevent: ended\ndata: " + Json.format(event) + "\n\n";
  }

  private static final String AGENTS_EVENT =
      """
      id: 9
      data: {"id":9,"time":"2026-01-02T03:04:05Z","type":"agent_started","message":"it began"}

      """;

  @Test
  void eventsAreATable() {
    answers = _ -> ok(event(4, HOSTILE) + AGENTS_EVENT);

    assertThat(call("events", "--after", "3")).isZero();
    assertThat(asked()).containsExactly("GET /v1/events?follow=0");
    assertThat(terminals.out().lines())
        .containsExactly(
            "TIME                   EVENT           RUN            NAME          MESSAGE",
            "2026-01-02T03:04:05Z   ended           0b1c2d3e-4f5   default/web   ?[31mx?2J?y",
            "2026-01-02T03:04:05Z   agent_started   -              -             it began");
  }

  @Test
  void eventsAreOneDocument() {
    answers = _ -> ok(event(4, "a") + event(5, "b"));

    assertThat(call("events", "--format", "json")).isZero();
    assertThat(json().getAsJsonArray())
        .extracting(it -> it.getAsJsonObject().get("id").getAsInt())
        .containsExactly(4, 5);
  }

  @Test
  void noEventIsADocumentToo() {
    answers = _ -> ok("");

    assertThat(call("events", "--format", "json")).isZero();
    assertThat(json().getAsJsonArray()).isEmpty();
  }

  @Test
  void followedEventsAreALineEach() {
    AtomicInteger asked = new AtomicInteger();
    answers =
        _ ->
            asked.incrementAndGet() == 1
                ? ok(event(4, HOSTILE) + event(5, "b"))
                : new CannedAgent.Answer(403, "{\"code\":\"forbidden\",\"message\":\"no\"}");

    assertThat(call("events", "-f")).as("the stream's end is no end").isEqualTo(125);
    assertThat(terminals.out().lines())
        .containsExactly(
            "2026-01-02T03:04:05Z  ended  default/web (0b1c2d3e-4f5)  ?[31mx?2J?y",
            "2026-01-02T03:04:05Z  ended  default/web (0b1c2d3e-4f5)  b");
    Terminals other = new Terminals();
    asked.set(0);
    Main.call(new String[] {"events", "-f", "--format", "json"}, other.streams());
    assertThat(other.out().lines())
        .hasSize(2)
        .allSatisfy(it -> assertThat(JsonParser.parseString(it).isJsonObject()).isTrue());
  }

  @Test
  void eventsTellRunsAloneAndEachOnce() {
    answers = _ -> ok(event(4, "a") + AGENTS_EVENT + event(5, "b"));

    assertThat(call("events", "-q")).isZero();
    assertThat(terminals.out()).isEqualTo(RUN + "\n");
  }

  @Test
  void waitPrintsExitCodes() {
    answers =
        call ->
            call.target().contains("/b/")
                ? ok("{\"verdict\":\"exited\",\"exit_code\":3}")
                : ok("{\"verdict\":\"signaled\",\"exit_code\":143}");

    assertThat(call("wait", "a", "b")).isZero();
    assertThat(terminals.out()).isEqualTo("143\n3\n");
  }

  @Test
  void explainTellsWhatHappened() {
    Event event = new Event(4, "2026-01-02T03:04:05Z", "ended", null, null, null, "it ended", null);
    answers =
        _ ->
            ok(
                new Explanation(
                    RUN, "finished", "it ended", List.of("detail"), List.of(event), null));

    assertThat(call("explain", "web")).isZero();
    assertThat(terminals.out().lines())
        .containsExactly(
            "it ended", "  detail", "What happened:", "  2026-01-02T03:04:05Z  ended  it ended");
    assertThat(call("explain", "--format", "yaml", "web")).isEqualTo(125);
  }

  @Test
  void updateAsksForWhatWasNamed() {
    answers =
        _ ->
            ok(
                new UpdateResult(
                    true,
                    ResourceLimits.NONE,
                    List.of(
                        new UpdateResult.Change(
                            "memory_bytes", "64 MiB", "32 MiB", "deferred", "50 MiB are in use"))));

    assertThat(
            call(
                ("update --cpus 0.5 --cpu-mode quota --cpu-burst 10ms --cpuset-cpus 0-1,3 -m 32m"
                        + " --memory-reservation 16m --memory-swap -1 --pids-limit 9 --dry-run web")
                    .split(" ", -1)))
        .isZero();
    assertThat(asked())
        .containsExactly(
            "PATCH /v1/executors/web?dry_run=1 {\"cpus\":0.5,\"cpu_mode\":\"quota\","
                + "\"cpu_burst_seconds\":0.01,\"cpuset_cpus\":\"0-1,3\",\"memory_bytes\":33554432,"
                + "\"memory_reservation_bytes\":16777216,\"memory_swap_bytes\":-1,\"pids\":9}");
    assertThat(terminals.out().lines().toList().get(1))
        .isEqualTo("memory_bytes   64 MiB   32 MiB   deferred   50 MiB are in use");
    assertThat(terminals.err()).contains("dry run");
  }

  @Test
  void updateOfNothingIsRefused() {
    assertThat(call("update", "web")).isEqualTo(125);
    assertThat(call("update", "--cpus", "x", "web")).isEqualTo(125);
    assertThat(calls).isEmpty();
    assertThat(terminals.err()).contains("no limit is named", "--cpus: 'x' is not a number");
  }

  @Test
  void verbsOverSeveralRunsPrintWhatTheyDid() {
    answers =
        call ->
            call.target().contains("/bad/")
                ? notFound()
                : call.target().endsWith("stop")
                    ? ok(run("finished"))
                    : new CannedAgent.Answer(204, "");

    assertThat(call("pause", "a", "b")).isZero();
    assertThat(call("unpause", "a")).isZero();
    assertThat(call("stop", "-t", "1m", "a")).isZero();
    assertThat(call("stop", "bad", "a")).isEqualTo(125);
    assertThat(call("rm", "a")).isZero();
    assertThat(terminals.out()).isEqualTo("a\nb\na\na\na\na\n");
    assertThat(asked())
        .contains(
            "POST /v1/executors/a/pause",
            "POST /v1/executors/b/pause",
            "POST /v1/executors/a/unpause",
            "POST /v1/executors/a/stop {\"timeout\":60}",
            "DELETE /v1/executors/a");
  }

  @Test
  void killSaysWhomItEnded() {
    answers =
        _ ->
            ok(
                new KillReceipt(
                    RUN,
                    "SIGKILL",
                    "cgroup.kill",
                    2,
                    0.012,
                    List.of(new KillReceipt.Victim(7, "sh"))));

    assertThat(call("kill", "-s", "KILL", "web")).isZero();
    assertThat(asked()).containsExactly("POST /v1/executors/web/kill {\"signal\":\"KILL\"}");
    assertThat(terminals.out()).isEqualTo("web\n");
    assertThat(terminals.messages())
        .containsExactly(
            "holdfast: killed 2 processes of web in 12 ms (cgroup.kill): sh (7) and 1 more");
  }

  @Test
  void rmMayKillFirst() {
    answers =
        call ->
            call.target().endsWith("kill")
                ? new CannedAgent.Answer(409, "{\"code\":\"conflict\",\"message\":\"it ended\"}")
                : new CannedAgent.Answer(204, "");

    assertThat(call("rm", "-f", "web")).isZero();
    assertThat(asked())
        .containsExactly("POST /v1/executors/web/kill {}", "DELETE /v1/executors/web");
  }

  @Test
  void pruneRemovesWhatHasEnded() {
    answers =
        call ->
            switch (call.method() + call.target()) {
              case "GET/v1/executors?all=1" ->
                  ok(List.of(run("a", "x", "finished"), run("running"), run("b", "y", "finished")));
              case "DELETE/v1/executors/a" -> new CannedAgent.Answer(204, "");
              default -> notFound();
            };

    assertThat(call("prune")).isZero();
    assertThat(terminals.out()).isEqualTo("a\n");
    assertThat(terminals.err()).as("b was removed by another").isEmpty();
    assertThat(calls).hasSize(3);
  }

  @Test
  void aDetachedRunPrintsItsId() {
    answers = _ -> new CannedAgent.Answer(201, Json.format(run("running")));

    assertThat(
            call(
                ("run -d --name web --framework ci --label a=b --cpus 1 -u nobody --timeout 10s"
                        + " --stop-timeout 0 --oom kernel --ulimit nofile=5 -e K=V -- sleep 5")
                    .split(" ", -1)))
        .isZero();
    assertThat(terminals.out()).isEqualTo(RUN + "\n");
    assertThat(terminals.err()).isEmpty();
    assertThat(asked())
        .containsExactly(
            "POST /v1/executors {\"framework\":\"ci\",\"name\":\"web\",\"command\":[\"sleep\",\"5\"],"
                + "\"labels\":{\"a\":\"b\"},\"limits\":{\"cpus\":1.0},\"user\":\"nobody\","
                + "\"environment\":{\"K\":\"V\"},\"ulimits\":[\"nofile=5\"],"
                + "\"timeout_seconds\":10.0,\"stop_timeout_seconds\":0.0,\"oom\":\"kernel\"}");
  }

  private static JsonObject outcome(String text) {
    return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
  }

  private void attached(String outcome) {
    answers =
        call -> {
          if (call.target().endsWith("executors")) {
            return new CannedAgent.Answer(201, Json.format(run("running")));
          }
          return call.target().contains("/wait") ? ok(outcome(outcome)) : logs(call);
        };
  }

  @Test
  void anAttachedRunIsAsIfItRanHere() throws IOException {
    attached("{'verdict':'exited','exit_code':3,'cleanup':{'ok':true},'future':1}");
    Path verdict = directory.resolve("verdict");

    assertThat(call("run", "--verdict", verdict.toString(), "x")).isEqualTo(3);
    assertThat(terminals.out()).isEqualTo("out\u001b\n");
    assertThat(terminals.err()).isEqualTo("err\n");
    assertThat(calls.getFirst().body())
        .contains("\"workdir\":\"" + Path.of("").toAbsolutePath() + "\"");
    assertThat(Files.readString(verdict)).contains("\"verdict\": \"exited\"", "\"future\": 1");
  }

  /// The run has the time that its launch asked for, or the agent's own: ours is neither.
  @Test
  void sigtermStopsAnAttachedRunInItsOwnTime() {
    CountDownLatch stopped = new CountDownLatch(1);
    answers =
        call -> {
          if (call.target().endsWith("executors")) {
            sun.misc.Signal.raise(new sun.misc.Signal("TERM"));
            return new CannedAgent.Answer(201, Json.format(run("running")));
          }
          if (call.target().endsWith("/stop")) {
            stopped.countDown();
            return ok(run("finished"));
          }
          if (call.target().contains("/wait")) {
            stopped.await();
            return ok(outcome("{'verdict':'killed','exit_code':143,'by':'root'}"));
          }
          return logs(call);
        };

    assertThat(call("run", "x")).isEqualTo(143);
    assertThat(asked()).contains("POST /v1/executors/" + RUN + "/stop {}");
  }

  @Test
  void anAttachedRunThatRanOutOfMemoryIsExplained() {
    attached(
        "{'verdict':'out_of_memory','exit_code':137,'scope':'own_limit','report':{'limit_bytes':"
            + "67108864,'usage_bytes':67108864,'peak_bytes':68157440,'complete':true,"
            + "'processes':[{'pid':12,'parent':1,'command':'java','anon_bytes':50331648}],"
            + "'memory_stat':{'anon':1}},'kill':{'mechanism':'freezer','count':1,'seconds':0.1,"
            + "'processes':[{'pid':12,'name':'java'}]}}");

    assertThat(call("run", "--agent", "x")).isEqualTo(137);
    assertThat(terminals.messages())
        .contains(
            "holdfast: out of memory: default/web reached its memory limit of 64 MiB (in use 64"
                + " MiB, peak 65 MiB)",
            "      48 MiB  #######################·······  java (pid 12)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'verdict':'timed_out','exit_code':124,'timer':'wall','timeout_seconds':5.0,"
            + "'usage':{'cpu_periods':10,'cpu_throttled_periods':5,'cpu_throttled_seconds':0.5}}"
            + "|default/web was ended: its time of 5.0 s was up (throttled in 5 of 10 periods, 500"
            + " ms in all)",
        "{'verdict':'signaled','exit_code':143,'signal':'SIGTERM'}|default/web was ended by SIGTERM",
        "{'verdict':'killed','exit_code':137,'by':'root'}|default/web was ended: root",
        "{'verdict':'lost','exit_code':125,'why':'the node was restarted'}|default/web was lost: the"
            + " node was restarted",
        "{'verdict':'eaten','exit_code':99}|default/web has ended as eaten",
      })
  void theEndOfAnAttachedRunIsToldInTheSameWords(String line) {
    String[] parts = line.split("\\|", -1);
    attached(parts[0]);

    assertThat(call("run", "x")).isEqualTo(outcome(parts[0]).get("exit_code").getAsInt());
    assertThat(terminals.messages()).contains("holdfast: " + parts[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d", "--agent"})
  void aRunThatCouldNotBeStartedSaysWhy(String option) {
    JsonObject run = Json.object(run("finished"));
    run.addProperty("verdict", "launch_failed");
    run.add(
        "outcome",
        outcome("{'verdict':'launch_failed','exit_code':127,'why':'x: command not found'}"));
    answers = _ -> new CannedAgent.Answer(201, run.toString());

    assertThat(call("run", option, "x")).isEqualTo(127);
    assertThat(terminals.out()).isEmpty();
    assertThat(terminals.messages()).containsExactly("holdfast: x: command not found");
  }

  @Test
  void whatTheAgentRefusesIsTold() {
    answers =
        _ ->
            new CannedAgent.Answer(
                409, "{\"code\":\"conflict\",\"message\":\"0.5 cpus are free, 2 were asked for\"}");

    assertThat(call("run", "--cpus", "2", "x")).isEqualTo(125);
    assertThat(terminals.messages())
        .containsExactly("holdfast: 0.5 cpus are free, 2 were asked for");
  }

  private static final String REFUSAL =
      "{\"code\":\"bad_request\",\"message\":\"workdir: there is no directory /nosuch\"}";

  @Test
  void whatTheAgentRefusesHasTheVerdictOfARunThatIsRefusedHere() throws IOException {
    answers = _ -> new CannedAgent.Answer(400, REFUSAL);
    Path verdict = Files.writeString(directory.resolve("verdict"), "of an earlier run");

    assertThat(
            call(
                ("run --framework ci --name web --label a=b --workdir /nosuch --verdict "
                        + verdict
                        + " sleep 5")
                    .split(" ", -1)))
        .isEqualTo(125);
    assertThat(JsonParser.parseString(Files.readString(verdict)))
        .isEqualTo(
            outcome(
                "{'framework':'ci','executor':'web','command':['sleep','5'],'labels':{'a':'b'},"
                    + "'verdict':'launch_failed','exit_code':125,"
                    + "'why':'workdir: there is no directory /nosuch'}"));
  }

  @Test
  void whyTheAgentRefusesANameIsToldThoughNoVerdictCanHaveIt() {
    answers = _ -> new CannedAgent.Answer(400, REFUSAL);
    Path verdict = directory.resolve("verdict");

    assertThat(call("run", "--name", "", "--verdict", verdict.toString(), "x")).isEqualTo(125);
    assertThat(terminals.messages())
        .containsExactly("holdfast: workdir: there is no directory /nosuch");
    assertThat(verdict).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --agent --no-agent x|run: --no-agent does not go with --agent",
        "run -d --no-agent x|run: --no-agent does not go with --detach",
        "run -d --verdict /tmp/x x|run: --verdict waits for the run's end",
        "run -d|there is no command to run",
        "run -d --label x y|--label: 'x' is not K=V",
        "run -d -m 0 y|--memory: '0' is not more than 0",
        "run -d --oom never y|--oom: 'never' is not report or kernel",
        "agent|agent: is started by the script holdfast",
        "top|ID",
        "wait|ID",
      })
  void wordsThatDoNotFitAreRefusedBeforeTheAgentIsAsked(String line) {
    String[] parts = line.split("\\|", -1);

    assertThat(call(parts[0].split(" ", -1))).isEqualTo(125);
    assertThat(terminals.messages()).singleElement().asString().contains(parts[1]);
    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ps",
        "inspect x",
        "stats",
        "stats x",
        "top x",
        "logs x",
        "logs -f x",
        "events",
        "events -f",
        "wait x y",
        "explain x",
        "update --cpus 1 x",
        "pause x",
        "unpause x",
        "kill x y",
        "stop x",
        "rm x",
        "prune",
        "run -d x",
        "run --agent x",
      })
  void withoutAnAgentEveryVerbSaysSoOnce(String line) throws IOException {
    agent.close();

    assertThat(call(line.split(" ", -1))).isEqualTo(125);
    assertThat(terminals.messages())
        .containsExactly(
            "holdfast: no agent listens on target/agent.sock: start one with holdfast agent");
  }
}
