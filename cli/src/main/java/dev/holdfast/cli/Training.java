package dev.holdfast.cli;

import dev.holdfast.api.ExecutorInfo;
import dev.holdfast.api.Json;
import dev.holdfast.api.ResourceLimits;
import dev.holdfast.api.Stats;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Calls each verb once, for the JVM to record in its ahead-of-time cache what they load. Where a
/// verb cannot work, as without root, it still records how that is told.
public final class Training {
  private static final String RUN = "00000000-0000-4000-8000-000000000000";
  private static final String NAME = "default/true";

  private static final List<List<String>> CALLS =
      List.of(
          List.of("version"),
          List.of("--help"),
          List.of("run", "--help"),
          List.of("doctor"),
          List.of("completion", "bash"),
          List.of("run", "--cpus", "nonsense", "true"),
          List.of("ps"),
          List.of(
              "run",
              "--cpus",
              "0.5",
              "--cpu-mode",
              "quota",
              "--memory",
              "64m",
              "--pids-limit",
              "100",
              "--timeout",
              "10s",
              "-e",
              "A=1",
              "--verdict",
              "/dev/null",
              "--",
              "/bin/true"));

  private static final List<List<String>> CALLS_TO_AN_AGENT =
      List.of(
          List.of("ps"),
          List.of("ps", "-a", "-q"),
          List.of("ps", "--format", "json"),
          List.of("inspect", NAME),
          List.of("stats", "--no-stream"),
          List.of("stats", "--history", NAME),
          List.of("top", NAME),
          List.of("logs", NAME),
          List.of("logs", "-f", "--tail", "5", NAME),
          List.of("events"),
          List.of("wait", NAME),
          List.of("explain", NAME),
          List.of("update", "--memory", "64m", "--dry-run", NAME),
          List.of("pause", NAME),
          List.of("kill", NAME),
          List.of("stop", NAME),
          List.of("rm", "nobody"),
          List.of("prune"),
          List.of("run", "-d", "--", "/bin/true"),
          List.of("run", "--agent", "--", "/bin/true"));

  private Training() {}

  public static void main(String[] args) throws IOException {
    Main.catchDefects(new Streams(System.err, System.err));
    CommandLineWords.exact(args);
    CALLS.forEach(Training::call);
    Path socket = Surroundings.socket();
    Files.createDirectories(socket.toAbsolutePath().getParent());
    try (CannedAgent agent = CannedAgent.listen(socket, Training::answer)) {
      System.err.println("training: with " + agent);
      CALLS_TO_AN_AGENT.forEach(Training::call);
    } catch (SocketException e) {
      // as when the path is too long for a socket
      System.err.println("training: no agent on " + socket + ": " + e.getMessage());
    }
  }

  private static void call(List<String> words) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    int status = Main.call(words.toArray(String[]::new), new Streams(nowhere, System.err));
    System.err.println("training: " + words.getFirst() + " " + status);
  }

  private static CannedAgent.Answer answer(CannedAgent.Call call) {
    String path = call.target().replaceFirst("\\?.*", "");
    String last = path.substring(path.lastIndexOf('/') + 1);
    return switch (last) {
      case "executors" ->
          call.method().equals("POST")
              ? new CannedAgent.Answer(201, Json.format(run("running")))
              : new CannedAgent.Answer(200, Json.format(List.of(run("running"), run("finished"))));
      case "wait" -> new CannedAgent.Answer(200, "{\"verdict\":\"exited\",\"exit_code\":0}");
      case "stats" ->
          new CannedAgent.Answer(200, call.target().endsWith("1") ? "[" + stats() + "]" : stats());
      case "top" ->
          new CannedAgent.Answer(
              200,
              "[{\"pid\":1,\"parent\":0,\"user\":\"root\",\"state\":\"S\",\"threads\":1,"
                  + "\"cpu_seconds\":0.5,\"resident_bytes\":4096,"
                  + "\"started\":\"2026-01-02T03:04:05Z\",\"command\":\"true\"}]");
      case "logs" -> new CannedAgent.Answer(200, "a line\n");
      case "events" -> new CannedAgent.Answer(200, "id: 1\ndata: " + event() + "\n\n");
      case "explain" ->
          new CannedAgent.Answer(
              200,
              "{\"run\":\"x\",\"state\":\"running\",\"summary\":\"it runs\",\"details\":[\"a\"],"
                  + "\"events\":["
                  + event()
                  + "]}");
      case "kill" -> new CannedAgent.Answer(200, "{\"run\":\"x\",\"signal\":\"SIGKILL\"}");
      case "pause" -> new CannedAgent.Answer(204, "");
      case "nobody" ->
          new CannedAgent.Answer(
              404, "{\"code\":\"not_found\",\"message\":\"there is no such run\"}");
      default ->
          call.method().equals("PATCH")
              ? new CannedAgent.Answer(
                  200,
                  "{\"dry_run\":true,\"limits\":{},\"changes\":[{\"limit\":\"cpus\",\"before\":\"1\","
                      + "\"after\":\"2\",\"action\":\"applied\",\"detail\":\"\"}]}")
              : new CannedAgent.Answer(200, Json.format(run("finished")));
    };
  }

  private static String event() {
    return "{\"id\":1,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"ended\",\"message\":\"m\"}";
  }

  private static String stats() {
    Long some = 1L << 20;
    Double half = 0.5;
    return Json.format(
        new Stats(
            "2026-01-02T03:04:05Z",
            half,
            half,
            half,
            half,
            half,
            some,
            some,
            half,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            some,
            Map.of("cpu", new Stats.PressureStats(half, half, half, half))));
  }

  private static ExecutorInfo run(String state) {
    return new ExecutorInfo(
        RUN,
        "default",
        "true",
        state,
        "root",
        "root",
        List.of("/bin/true"),
        Map.of("a", "b"),
        new ResourceLimits(0.5, "quota", null, null, 64L << 20, null, null, 100L),
        null,
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z",
        null,
        1,
        1,
        "/sandbox",
        "/cgroup",
        List.of("/cgroup"),
        "exited",
        0,
        null);
  }
}
