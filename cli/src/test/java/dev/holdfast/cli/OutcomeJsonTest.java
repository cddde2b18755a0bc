package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Outcome;
import dev.holdfast.isolator.Usage;
import dev.holdfast.isolator.Verdict;
import dev.holdfast.isolator.json.OutcomeJson;
import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.Signal;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeJsonTest {
  private static final ExecutorSpec SPEC = Outcomes.spec("make", "-j8", "a \"b\"\n\033[0m");

  @TempDir private Path directory;

  private final Terminals terminals = new Terminals();

  private static JsonObject json(Outcome outcome) throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter writer = new JsonWriter(text);
    new OutcomeJson(writer).write(outcome, SPEC);
    writer.flush();
    return JsonParser.parseString(text.toString()).getAsJsonObject();
  }

  private static JsonObject json(Verdict verdict) throws IOException {
    return json(Outcomes.of(verdict));
  }

  private static List<String> strings(JsonElement array) {
    List<String> strings = new ArrayList<>();
    array.getAsJsonArray().forEach(it -> strings.add(it.getAsString()));
    return strings;
  }

  @Test
  void tellsWhatRanAndHowItEnded() throws IOException {
    JsonObject json = json(new Verdict.Exited(3));

    assertThat(json.get("run").getAsString()).isEqualTo(Outcomes.RUN.toString());
    assertThat(json.get("framework").getAsString()).isEqualTo("default");
    assertThat(json.get("executor").getAsString()).isEqualTo("make");
    assertThat(strings(json.get("command"))).isEqualTo(SPEC.command());
    assertThat(json.get("labels").getAsJsonObject().get("team").getAsString())
        .isEqualTo("a \"b\" \033");
    assertThat(json.get("verdict").getAsString()).isEqualTo("exited");
    assertThat(json.get("exit_code").getAsInt()).isEqualTo(3);
    assertThat(json.get("started").getAsString()).isEqualTo("2026-01-02T03:04:05.006Z");
    assertThat(json.get("wall_seconds").getAsDouble()).isEqualTo(2.5);
    assertThat(json.get("oom_kills").getAsInt()).isZero();
    assertThat(json.get("cleanup").getAsJsonObject().get("ok").getAsBoolean()).isTrue();
  }

  @Test
  void whatIsNotKnownIsNotThere() throws IOException {
    JsonObject json = json(new Verdict.Exited(0));

    assertThat(json.get("usage").getAsJsonObject().keySet()).isEmpty();
    assertThat(json.has("kill")).isFalse();
    assertThat(json.get("cleanup").getAsJsonObject().has("failure")).isFalse();
  }

  @Test
  void usageIsInBytesAndSeconds() throws IOException {
    JsonObject usage =
        json(Outcomes.of(
                new Verdict.Exited(0), Outcomes.USAGE, 0, Optional.empty(), Optional.empty()))
            .get("usage")
            .getAsJsonObject();

    assertThat(usage.get("cpu_seconds").getAsDouble()).isEqualTo(1.5);
    assertThat(usage.get("cpu_user_seconds").getAsDouble()).isEqualTo(1.0);
    assertThat(usage.get("cpu_system_seconds").getAsDouble()).isEqualTo(0.5);
    assertThat(usage.get("cpu_periods").getAsLong()).isEqualTo(20);
    assertThat(usage.get("cpu_throttled_periods").getAsLong()).isEqualTo(5);
    assertThat(usage.get("cpu_throttled_seconds").getAsDouble()).isEqualTo(0.25);
    assertThat(usage.get("memory_limit_bytes").getAsLong()).isEqualTo(67108864);
    assertThat(usage.get("memory_bytes").getAsLong()).isEqualTo(10485760);
    assertThat(usage.get("memory_peak_bytes").getAsLong()).isEqualTo(20971520);
  }

  @Test
  void everyVerdictHasItsEvidence() throws IOException {
    JsonObject signaled = json(new Verdict.Signaled(Signal.TERM, true));
    assertThat(signaled.get("verdict").getAsString()).isEqualTo("signaled");
    assertThat(signaled.get("exit_code").getAsInt()).isEqualTo(143);
    assertThat(signaled.get("signal").getAsString()).isEqualTo("SIGTERM");
    assertThat(signaled.get("core_dumped").getAsBoolean()).isTrue();

    JsonObject killed = json(new Verdict.Killed("SIGINT"));
    assertThat(killed.get("verdict").getAsString()).isEqualTo("killed");
    assertThat(killed.get("by").getAsString()).isEqualTo("SIGINT");

    JsonObject late = json(new Verdict.TimedOut(Verdict.Timer.CPU, Duration.ofMillis(1500)));
    assertThat(late.get("verdict").getAsString()).isEqualTo("timed_out");
    assertThat(late.get("timer").getAsString()).isEqualTo("cpu");
    assertThat(late.get("timeout_seconds").getAsDouble()).isEqualTo(1.5);
    assertThat(late.get("exit_code").getAsInt()).isEqualTo(124);

    JsonObject failed = json(new Verdict.LaunchFailed(126, "permission denied"));
    assertThat(failed.get("verdict").getAsString()).isEqualTo("launch_failed");
    assertThat(failed.get("exit_code").getAsInt()).isEqualTo(126);
    assertThat(failed.get("why").getAsString()).isEqualTo("permission denied");

    JsonObject lost = json(new Verdict.Lost("nobody knows"));
    assertThat(lost.get("verdict").getAsString()).isEqualTo("lost");
    assertThat(lost.get("why").getAsString()).isEqualTo("nobody knows");
    assertThat(lost.get("exit_code").getAsInt()).isEqualTo(125);
  }

  @Test
  void outOfMemoryHasTheWholeReport() throws IOException {
    JsonObject json =
        json(
            new Verdict.OutOfMemory(
                Verdict.Scope.OWN_LIMIT,
                Optional.of(
                    Outcomes.report(
                        Optional.of(Duration.ofMillis(20)), Outcomes.holder(7, "a\nb", 40)))));

    assertThat(json.get("verdict").getAsString()).isEqualTo("out_of_memory");
    assertThat(json.get("scope").getAsString()).isEqualTo("own_limit");
    assertThat(json.get("exit_code").getAsInt()).isEqualTo(137);
    JsonObject report = json.get("report").getAsJsonObject();
    assertThat(report.get("limit_bytes").getAsLong()).isEqualTo(67108864);
    assertThat(report.get("usage_bytes").getAsLong()).isEqualTo(67108864);
    assertThat(report.get("peak_bytes").getAsLong()).isEqualTo(68157440);
    assertThat(report.get("complete").getAsBoolean()).isTrue();
    assertThat(report.get("processes_age_seconds").getAsDouble()).isEqualTo(0.02);
    assertThat(report.get("memory_stat").getAsJsonObject().get("anon").getAsLong())
        .isEqualTo(67108864);
    JsonObject process = report.get("processes").getAsJsonArray().get(0).getAsJsonObject();
    assertThat(process.get("pid").getAsInt()).isEqualTo(7);
    assertThat(process.get("parent").getAsInt()).isEqualTo(1);
    assertThat(process.get("command").getAsString()).isEqualTo("a\nb");
    for (String amount : List.of("resident_bytes", "anon_bytes")) {
      assertThat(process.get(amount).getAsLong()).as(amount).isEqualTo(41943040);
    }
    for (String amount : List.of("file_bytes", "shmem_bytes", "swap_bytes")) {
      assertThat(process.get(amount).getAsLong()).as(amount).isZero();
    }
  }

  @Test
  void outOfMemoryWithoutAReportStillHasItsScope() throws IOException {
    JsonObject json = json(new Verdict.OutOfMemory(Verdict.Scope.HOST, Optional.empty()));

    assertThat(json.get("scope").getAsString()).isEqualTo("host");
    assertThat(json.has("report")).isFalse();
  }

  @Test
  void aKillAndAFailedCleanUpAreTold() throws IOException {
    JsonObject json =
        json(
            Outcomes.of(
                new Verdict.Exited(0),
                Usage.NONE,
                2,
                Optional.of(Outcomes.receipt("sleep")),
                Optional.of("it stays")));

    assertThat(json.get("oom_kills").getAsInt()).isEqualTo(2);
    JsonObject kill = json.get("kill").getAsJsonObject();
    assertThat(kill.get("mechanism").getAsString()).isEqualTo("cgroup.kill");
    assertThat(kill.get("count").getAsInt()).isEqualTo(1);
    assertThat(kill.get("seconds").getAsDouble()).isEqualTo(0.012);
    JsonObject victim = kill.get("processes").getAsJsonArray().get(0).getAsJsonObject();
    assertThat(victim.get("pid").getAsInt()).isEqualTo(100);
    assertThat(victim.get("name").getAsString()).isEqualTo("sleep");
    JsonObject cleanup = json.get("cleanup").getAsJsonObject();
    assertThat(cleanup.get("ok").getAsBoolean()).isFalse();
    assertThat(cleanup.get("failure").getAsString()).isEqualTo("it stays");
  }

  // The file.

  @Test
  void aFileHoldsOneObjectAndALineFeed() throws IOException {
    Path path = directory.resolve("v.json");

    VerdictFile.at(path.toString())
        .write(Outcomes.of(new Verdict.Exited(0)), SPEC, terminals.streams());

    String text = Files.readString(path);
    assertThat(text).endsWith("}\n");
    assertThat(JsonParser.parseString(text).getAsJsonObject().get("verdict").getAsString())
        .isEqualTo("exited");
  }

  @Test
  void aFileThatWasThereIsReplaced() throws IOException {
    Path path = directory.resolve("v.json");
    Files.writeString(path, "x".repeat(100_000));

    VerdictFile.at(path.toString())
        .write(Outcomes.of(new Verdict.Exited(0)), SPEC, terminals.streams());

    assertThat(JsonParser.parseString(Files.readString(path)).isJsonObject()).isTrue();
  }

  @Test
  void aRunThatCouldNotBeSetUpHasAVerdictToo() throws IOException {
    Path path = directory.resolve("v.json");

    VerdictFile.at(path.toString()).writeRefusal(SPEC, "making cgroups needs root");

    JsonObject json = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    assertThat(json.get("verdict").getAsString()).isEqualTo("launch_failed");
    assertThat(json.get("exit_code").getAsInt()).isEqualTo(125);
    assertThat(json.get("why").getAsString()).isEqualTo("making cgroups needs root");
    assertThat(json.get("executor").getAsString()).isEqualTo("make");
  }

  /// JSON is Unicode, a command line is bytes.
  @Test
  void aCommandThatIsNotUtf8SpoilsNothing() throws IOException {
    Path path = directory.resolve("v.json");
    String word = ByteText.decode(new byte[] {'a', (byte) 0xe9, 'b'});

    VerdictFile.at(path.toString())
        .write(
            Outcomes.of(new Verdict.Exited(0)), Outcomes.spec("echo", word), terminals.streams());

    JsonObject json = JsonParser.parseString(Files.readString(path, UTF_8)).getAsJsonObject();
    assertThat(strings(json.get("command"))).hasSize(2).element(1).asString().startsWith("a");
  }

  /// The command has run: its exit code counts, not our trouble with a file.
  @Test
  void aFileThatCannotBeWrittenAfterAllIsToldAndNoMore() throws IOException {
    Path place = Files.createDirectory(directory.resolve("place"));
    VerdictFile file = VerdictFile.at(place.resolve("v.json").toString());
    Files.delete(place);

    file.write(Outcomes.of(new Verdict.Exited(0)), SPEC, terminals.streams());
    file.writeRefusal(SPEC, "why");

    assertThat(terminals.messages())
        .singleElement()
        .asString()
        .startsWith("holdfast: --verdict: cannot write " + place);
  }

  @Test
  void nothingIsWrittenBeforeTheEnd() {
    Path path = directory.resolve("v.json");

    assertThat(VerdictFile.at(path.toString())).isNotNull();

    assertThat(path).doesNotExist();
  }
}
