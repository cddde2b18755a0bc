package dev.holdfast.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.holdfast.it.harness.Agent;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.linux.proc.ProcFs;
import dev.holdfast.testkit.AnyLayout;
import dev.holdfast.testkit.KernelTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Users who are not root, through the socket. They are processes with ids that need no account,
/// members of the group that the socket is given to.
@KernelTest
@AnyLayout
final class UsersTest {
  private static final int NOBODY = 65534;
  private static final int DAEMON = 1;
  private static final int GROUP = 54321;

  /// Stands for the pid of the client in a request.
  private static final String CLIENTS_PID = "99999999";

  /// Perl is in every Debian: sends its second argument, and prints what comes back.
  private static final String CLIENT =
      "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die \"$!\\n\";"
          + "$ARGV[1] =~ s/99999999/sprintf(\"%8d\", $$)/e;"
          + "print $s $ARGV[1]; $s->flush; print while <$s>";

  @RegisterExtension final Ground ground = new Ground();
  private Agent agent;

  /// A strict umask locks nobody out.
  @BeforeEach
  void start() throws IOException {
    agent = Agent.await(ground, Agent.call(ground).after("umask 077"));
    Files.setAttribute(socket(), "unix:gid", GROUP);
  }

  @AfterEach
  void end() {
    agent.end();
  }

  private Path socket() {
    return ground.runtime().resolve("agent.sock");
  }

  /// @param status of HTTP; 0 when there was no answer
  private record Answer(int status, String body, String err) {
    JsonObject json() {
      return JsonParser.parseString(body).getAsJsonObject();
    }
  }

  private Answer send(int uid, String groups, String request)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, groups, "--inh-caps=-all"));
    command.addAll(
        List.of("perl", "-MIO::Socket::UNIX", "-e", CLIENT, socket().toString(), request));
    Path err = ground.file("client-err");
    Process client = new ProcessBuilder(command).redirectError(err.toFile()).start();
    client.getOutputStream().close();
    String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(client.waitFor()).isEqualTo(answer.isEmpty() ? client.exitValue() : 0);
    int blank = answer.indexOf("\r\n\r\n");
    return blank < 0
        ? new Answer(0, answer, Files.readString(err))
        : new Answer(Integer.parseInt(answer.substring(9, 12)), answer.substring(blank + 4), "");
  }

  private Answer ask(int uid, String method, String target, String body, String... headers)
      throws IOException, InterruptedException {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.0\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      request.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return send(uid, "--groups=" + GROUP, request.append("\r\n").append(body).toString());
  }

  private Answer get(int uid, String target) throws IOException, InterruptedException {
    return ask(uid, "GET", target, "");
  }

  private JsonObject launch(int uid, String name) throws IOException, InterruptedException {
    Answer answer =
        ask(
            uid,
            "POST",
            "/v1/executors",
            "{\"name\":\"" + name + "\",\"command\":[\"sleep\",\"1000\"]}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  private List<String> ids(int uid) throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (JsonElement run :
        JsonParser.parseString(get(uid, "/v1/executors?all=1").body()).getAsJsonArray()) {
      ids.add(run.getAsJsonObject().get("id").getAsString());
    }
    return ids;
  }

  @Test
  void eachSeesAndTouchesOnlyItsOwnRuns() throws Exception {
    JsonObject mine = launch(NOBODY, "mine");
    JsonObject others = launch(DAEMON, "others");
    String id = others.get("id").getAsString();

    assertThat(ids(NOBODY)).containsExactly(mine.get("id").getAsString());
    assertThat(ids(DAEMON)).containsExactly(id);
    assertThat(ProcFs.system().status(mine.get("leader").getAsInt()).orElseThrow().uid())
        .isEqualTo(NOBODY);
    for (String name : new String[] {id, id.substring(0, 8), "default%2Fothers"}) {
      String run = "/v1/executors/" + name;
      for (String what : new String[] {"", "/stats", "/top", "/logs", "/explain", "/wait"}) {
        assertThat(get(NOBODY, run + what).status()).as(run + what).isEqualTo(404);
      }
      for (String what : new String[] {"/kill", "/stop", "/pause", "/unpause"}) {
        assertThat(ask(NOBODY, "POST", run + what, "{}").status()).as(run + what).isEqualTo(404);
      }
      assertThat(ask(NOBODY, "PATCH", run, "{\"pids\":1}").status()).isEqualTo(404);
      assertThat(ask(NOBODY, "DELETE", run, "").status()).isEqualTo(404);
    }
    assertThat(get(NOBODY, "/v1/events?follow=0").body()).contains("mine").doesNotContain("others");
    assertThat(get(NOBODY, "/metrics").status()).isEqualTo(403);
    assertThat(get(DAEMON, "/v1/executors/" + id).json().get("state").getAsString())
        .isEqualTo("running");
    assertThat(ask(NOBODY, "POST", "/v1/executors/default%2Fmine/kill", "{}").status())
        .isEqualTo(200);
  }

  @Test
  void nobodyLaunchesAsSomebodyElse() throws Exception {
    for (String user : new String[] {"root", "0", "daemon", "65534:0"}) {
      Answer answer =
          ask(
              NOBODY,
              "POST",
              "/v1/executors",
              "{\"command\":[\"true\"],\"user\":\"" + user + "\"}");
      assertThat(answer.status()).as(user + ": " + answer.body()).isEqualTo(403);
    }
    assertThat(ids(0)).isEmpty();
  }

  @Test
  void nobodyReadsWhatSomebodyElseWould() throws Exception {
    String ofOwn = "{\"command\":[\"cat\"],\"stdin_pid\":" + CLIENTS_PID + "}";
    assertThat(ask(NOBODY, "POST", "/v1/executors", ofOwn).status()).isEqualTo(201);

    String ofAgent = "{\"command\":[\"cat\"],\"stdin_pid\":" + agent.pid() + "}";
    Answer refused = ask(NOBODY, "POST", "/v1/executors", ofAgent);

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("process " + agent.pid() + " is not ");
    assertThat(ids(0)).hasSize(1);
  }

  @Test
  void whoIsNoMemberDoesNotGetIn() throws Exception {
    Answer answer = send(NOBODY, "--clear-groups", "GET /healthz HTTP/1.0\r\n\r\n");

    assertThat(answer.err()).isEqualTo("Permission denied\n");
  }

  @Test
  void nothingThatIsMadeToEscapeIsTaken() throws Exception {
    for (String path :
        new String[] {
          "/v1/executors/../../etc/passwd",
          "/v1/executors/..%2F..%2Fetc%2Fpasswd",
          "/v1/executors/%2e%2e/stats",
          "/v1/executors/a%00b",
          "/v1/executors/a%0d%0ab",
          "/v1//executors",
          "/v1/executors/x/logs?stream=..%2Fsecret",
          "/v1/executors?framework=a%00"
        }) {
      Answer answer = get(NOBODY, path);
      assertThat(answer.status()).as(path + ": " + answer.body()).isEqualTo(400);
      assertThat(answer.body()).as(path).doesNotContain("Exception", "at dev.", "root:");
    }
    for (String body :
        new String[] {
          "{\"command\":[\"true\"],\"name\":\"../x\"}",
          "{\"command\":[\"true\"],\"name\":\"..\"}",
          "{\"command\":[\"true\"],\"framework\":\"a/../b\"}",
          "{\"command\":[\"true\"],\"name\":\"a\\u0000b\"}",
          "{\"command\":[\"true\"],\"workdir\":\"../x\"}",
          "{\"command\":[\"tr\\u0000ue\"]}",
          "{\"command\":[]}",
          "{\"command\":\"true\"}",
          "{\"command\":[\"true\"]",
          "[]",
          "{\"command\":[\"true\"],\"limits\":{\"memory_bytes\":-1}}",
          "{\"command\":[\"true\"],\"environment\":{\"A=B\":\"c\"}}"
        }) {
      Answer answer = ask(NOBODY, "POST", "/v1/executors", body);
      assertThat(answer.status()).as(body + ": " + answer.body()).isEqualTo(400);
    }
    assertThat(ask(NOBODY, "GET", "/v1/events", "", "Last-Event-ID: ../1").status()).isEqualTo(400);
    assertThat(ask(NOBODY, "GET", "/healthz", "", "Host : x").status()).isEqualTo(400);
    assertThat(ids(0)).isEmpty();
  }
}
