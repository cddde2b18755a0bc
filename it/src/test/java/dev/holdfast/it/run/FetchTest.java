package dev.holdfast.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.it.harness.FileServer;
import dev.holdfast.it.harness.Finished;
import dev.holdfast.it.harness.Ground;
import dev.holdfast.it.harness.Started;
import dev.holdfast.it.harness.Waiting;
import dev.holdfast.linux.Signal;
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

/// Files that are fetched before a run starts, as the run's user.
@KernelTest
final class FetchTest {
  private static final byte[] SCRIPT =
      "#!/bin/sh\necho script by $(id -un)\n".getBytes(StandardCharsets.UTF_8);

  @RegisterExtension final Ground ground = new Ground();

  private final FileServer server = new FileServer();
  private Path sandbox;

  @BeforeEach
  void makeSandbox() throws Exception {
    sandbox = Files.createDirectory(ground.file("sandbox"));
    shell("chown nobody '" + sandbox + "'");
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  private void shell(String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .directory(ground.work().toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private byte[] archive() throws Exception {
    shell("mkdir -p src/d && echo text >src/d/file && ln -s file src/d/link");
    shell("tar -C src -czf archive.tgz d");
    return Files.readAllBytes(ground.file("archive.tgz"));
  }

  /// An archive with a file that would be beside the sandbox.
  private byte[] traversal() throws Exception {
    shell("mkdir -p in && echo evil >evil && tar -C in -cPzf traversal.tgz ../evil && rm evil");
    return Files.readAllBytes(ground.file("traversal.tgz"));
  }

  private String[] asNobody(List<String> uris, String... command) {
    List<String> words = new ArrayList<>(List.of("--user", "nobody", "-w", sandbox.toString()));
    uris.forEach(uri -> words.addAll(List.of("--uri", uri)));
    words.add("--");
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  /// Without what a fetcher that had to be killed could not remove any more.
  private List<String> sandboxFiles() throws IOException {
    try (var files = Files.list(sandbox)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith(".fetch-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void filesAreTheUsersAndThereBeforeTheProgramStarts() throws Exception {
    String archive = server.add("archive.tgz", archive());
    String script = server.add("script", SCRIPT);
    ground.write("local", "local\n");
    List<String> uris =
        List.of(archive, script + ",executable=true", ground.file("local").toString());

    Finished run =
        ground
            .run(
                asNobody(
                    uris,
                    "sh",
                    "-c",
                    "./script; cat d/link; find . -mindepth 1 -printf '%u %m %y %p\\n' | sort"))
            .finish()
            .expect(0);

    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .containsExactly(
            "script by nobody",
            "text",
            "nobody 644 f ./archive.tgz",
            "nobody 644 f ./d/file",
            "nobody 644 f ./local",
            "nobody 755 d ./d",
            "nobody 755 f ./script",
            "nobody 777 l ./d/link");
  }

  @Test
  void everyFailureIsOneVerdict() throws Exception {
    String wrong = "0".repeat(64);
    String script = server.add("script", SCRIPT);
    assertFails(script + ",sha256=" + wrong, script, "its SHA-256 is ", wrong);
    String traversal = server.add("traversal.tgz", traversal());
    assertFails(traversal, traversal, "its entry '../evil' leads out of the sandbox");
    String missing = script + "s";
    assertFails(missing, missing, "404 (not found)");
    ground.program("secret", "root's");
    Ground.permit(ground.file("secret"), "rw-------");
    assertFails(ground.file("secret").toString(), "secret", "permission denied");

    assertThat(sandboxFiles()).containsExactly("traversal.tgz");
    assertThat(ground.file("evil")).doesNotExist();
  }

  private void assertFails(String uri, String... parts) {
    Finished run =
        ground.run(asNobody(List.of(uri), "touch", "begun")).withVerdict().finish().expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).startsWith("holdfast: cannot fetch ").contains(parts);
    assertThat(run.verdict().text("verdict")).isEqualTo("launch_failed");
    assertThat(run.verdict().text("why")).contains(parts);
  }

  @Test
  void aFullDiskIsOneVerdict() throws Exception {
    String large = server.add("large", new byte[3 << 20]);
    Finished run =
        ground
            .run(asNobody(List.of(large), "true"))
            .withVerdict()
            .afterMounting("mount -t tmpfs -o size=1m,mode=1777 tmpfs '" + sandbox + "'")
            .finish()
            .expect(125);

    assertThat(run.errLines()).hasSize(1);
    assertThat(run.verdict().text("why"))
        .isEqualTo("cannot fetch " + large + ": cannot write it: no space left on device");
  }

  @Test
  void aStuckDownloadEndsWithTheFirstSignal() throws Exception {
    String uri = server.addStuck("file", new byte[2 << 20]);
    Started run = ground.run(asNobody(List.of(uri), "touch", "begun")).withVerdict().start();
    server.awaitStuck("file");

    Finished end = run.signal(Signal.INT).await().expect(137);

    assertThat(end.verdict().text("verdict")).isEqualTo("killed");
    assertThat(end.verdict().text("by")).isEqualTo("SIGINT");
    assertThat(sandboxFiles()).isEmpty();
  }

  @Test
  void aStalledDownloadIsLeftInTime() throws Exception {
    String uri = server.addStuck("file", new byte[2 << 20]);
    Finished run =
        ground
            .run(asNobody(List.of(uri), "true"))
            .withVerdict()
            .variable("HOLDFAST_FETCHER_STALL_TIMEOUT", "3s")
            .finish()
            .expect(125);

    assertThat(run.verdict().text("why"))
        .isEqualTo("cannot fetch " + uri + ": no byte came for 3 s");
  }

  @Test
  void aFetchTakesNoLongerThanTheProgramMay() throws Exception {
    String uri = server.addStuck("file", new byte[2 << 20]);
    List<String> words = new ArrayList<>(List.of("--timeout", "2s"));
    words.addAll(List.of(asNobody(List.of(uri), "touch", "begun")));

    Finished run = ground.run(words.toArray(String[]::new)).withVerdict().finish().expect(124);

    assertThat(run.verdict().text("verdict")).isEqualTo("timed_out");
    assertThat(run.err()).contains("its time of 2.0 s was up");
    assertThat(sandboxFiles()).isEmpty();
  }

  @Test
  void theFetcherEndsWithItsHolder() throws Exception {
    String uri = server.addStuck("file", new byte[2 << 20]);
    Started run = ground.run(asNobody(List.of(uri), "touch", "begun")).start();
    server.awaitStuck("file");
    assertThat(ground.processes()).anyMatch(it -> it.contains("dev.holdfast.fetcher"));

    run.signal(Signal.KILL).await();

    Waiting.until(
        "all of it has ended", () -> ground.processes().isEmpty() && ground.cgroups().isEmpty());
    ground.forgetRuns();
    assertThat(sandboxFiles()).isEmpty();
  }

  private Started startAgent() {
    Started agent = ground.holdfast("agent", "--work-dir", ground.file("state").toString()).start();
    Waiting.until("the agent serves", () -> Files.exists(ground.runtime().resolve("agent.sock")));
    return agent;
  }

  private Finished call(String... words) {
    return ground.holdfast(words).finish();
  }

  private String launch(String name, String uri, String... command) {
    List<String> words =
        new ArrayList<>(
            List.of("run", "-d", "--name", name, "--user", "nobody", "--uri", uri, "--"));
    words.addAll(List.of(command));
    return call(words.toArray(String[]::new)).expect(0).out().strip();
  }

  @Test
  void anAgentsStuckDownloadCanBeSeenAndKilled() throws Exception {
    String uri = server.addStuck("file", new byte[2 << 20]);
    Started agent = startAgent();
    String id = launch("stuck", uri, "true");
    server.awaitStuck("file");

    assertThat(call("ps").expect(0).out()).contains("fetching");
    // It has been sent, and need not have been read yet.
    Waiting.until(
        "all that was sent is counted",
        () -> call("explain", id).expect(0).out().contains("1 MiB of 2 MiB of " + uri));
    call("kill", id).expect(0);

    assertThat(call("wait", id).expect(0).out().strip()).isEqualTo("137");
    assertThat(call("inspect", id).expect(0).out()).contains("\"verdict\": \"killed\"");
    assertThat(call("logs", id).expect(0).out()).isEmpty();
    call("prune").expect(0);
    agent.signal(Signal.TERM).await().expect(0);
  }

  @Test
  void anAgentsRunHasItsFilesAndAFailedOneSaysWhy() throws Exception {
    String script = server.add("script", SCRIPT);
    Started agent = startAgent();

    ground
        .run(
            "--user",
            "nobody",
            "--uri",
            script + ",executable=true",
            "sh",
            "-c",
            "$MESOS_DIRECTORY/script")
        .finish()
        .expect(0);
    Finished failed =
        ground.run("--user", "nobody", "--uri", script + "s", "true").finish().expect(125);

    assertThat(failed.err()).contains("cannot fetch " + script + "s", "404");
    call("prune").expect(0);
    agent.signal(Signal.TERM).await().expect(0);
  }

  @Test
  void anAgentThatDiesWhileItFetchesIsFollowedByOneThatFetchesAgain() throws Exception {
    String uri = server.addStuck("script", SCRIPT);
    Started agent = startAgent();
    String id = launch("again", uri + ",executable=true", "./script");
    server.awaitStuck("script");
    server.free("script");
    agent.signal(Signal.KILL).await();
    Files.deleteIfExists(ground.runtime().resolve("agent.sock"));

    Started next = startAgent();

    assertThat(call("wait", id).expect(0).out().strip()).isEqualTo("0");
    assertThat(call("logs", id).expect(0).out()).isEqualTo("script by nobody\n");
    call("prune").expect(0);
    next.signal(Signal.TERM).await().expect(0);
  }
}
