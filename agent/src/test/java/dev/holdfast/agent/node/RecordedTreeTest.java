package dev.holdfast.agent.node;

import static dev.holdfast.agent.node.Ground.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.holdfast.agent.Node;
import dev.holdfast.api.ExecutorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// What agents of before have left, as they wrote it: each form that was ever written must be read
/// for ever.
@EnabledIf(value = "dev.holdfast.linux.Host#isRoot", disabledReason = "sandboxes change owners")
class RecordedTreeTest {
  @TempDir Path directory;
  private Optional<Ground> ground = Optional.empty();

  @AfterEach
  void close() {
    ground.ifPresent(Ground::close);
  }

  /// Starts an agent on a copy of what was recorded.
  ///
  /// @param change what is done to each document
  private Node start(String version, UnaryOperator<String> change) throws Exception {
    Ground made = new Ground(directory);
    ground = Optional.of(made);
    Path recorded = recorded(version);
    copy(recorded.resolve("meta"), made.work.resolve("meta"), change);
    copy(recorded.resolve("run"), made.runtime, change);
    made.bootId = Files.readString(recorded.resolve("run/boot_id")).strip();
    Path slaves = made.work.resolve("meta/slaves");
    try (var agents = Files.list(slaves)) {
      Files.createSymbolicLink(
          slaves.resolve("latest"), agents.findFirst().orElseThrow().getFileName());
    }
    return made.start();
  }

  private static Path recorded(String version) throws URISyntaxException {
    String name = "/recorded/" + version + "/run/boot_id";
    Path bootId = Path.of(Objects.requireNonNull(RecordedTreeTest.class.getResource(name)).toURI());
    return bootId.resolveSibling("..").normalize();
  }

  private static void copy(Path from, Path to, UnaryOperator<String> change) throws IOException {
    try (var paths = Files.walk(from)) {
      paths.forEach(path -> {
        Path target = to.resolve(from.relativize(path).toString());
        try {
          if (Files.isDirectory(path)) {
            Files.createDirectories(target);
          } else {
            Files.writeString(target, change.apply(Files.readString(path)));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  private static JsonObject outcome(Node node, String name) {
    ExecutorInfo ended = node.inspect(ROOT, "default/" + name);
    assertThat(ended.state()).as(name).isEqualTo("finished");
    return Objects.requireNonNull(ended.outcome());
  }

  private static void assertAllIsThere(Node node) {
    assertThat(node.list(ROOT, true, Optional.empty()))
        .extracting(ExecutorInfo::name)
        .containsExactlyInAnyOrder(
            "live", "fetched", "ended", "ended-oom", "stopping", "late", "oom");
    assertThat(node.list(ROOT, false, Optional.empty()))
        .extracting(ExecutorInfo::name)
        .containsExactlyInAnyOrder("live", "fetched");
    ExecutorInfo live = node.inspect(ROOT, "default/live");
    assertThat(live.command()).containsExactly("sleep", "1000");
    assertThat(live.labels()).containsEntry("team", "a");
    assertThat(live.limits().cpus()).isEqualTo(0.5);
    assertThat(live.limits().cpuMode()).isEqualTo("quota");
    assertThat(live.limits().memoryBytes()).isEqualTo(64L << 20);
    assertThat(live.limits().pids()).isEqualTo(100);
    assertThat(outcome(node, "ended").get("exit_code").getAsInt()).isEqualTo(7);
    for (String name : List.of("ended-oom", "oom")) {
      JsonObject report = outcome(node, name).getAsJsonObject("report");
      assertThat(report.get("limit_bytes").getAsLong()).as(name).isEqualTo(40L << 20);
      assertThat(report.get("usage_bytes").getAsLong()).as(name).isEqualTo(40L << 20);
      assertThat(report.getAsJsonObject("memory_stat").get("pgfault").getAsLong()).isPositive();
      assertThat(report.getAsJsonArray("processes").get(0).getAsJsonObject().get("command"))
          .hasToString("\"tail -c 200m\"");
    }
    assertThat(outcome(node, "stopping").get("by").getAsString()).isEqualTo("root");
    assertThat(outcome(node, "late").get("timeout_seconds").getAsDouble()).isEqualTo(2);
  }

  @Test
  void allOfTheFirstVersionIsThere() throws Exception {
    Node node = start("0.1", UnaryOperator.identity());

    assertAllIsThere(node);
    assertThat(ground.orElseThrow().runs.launched).isEmpty();
  }

  /// As it was before runs had files to fetch, and checkpoints the cgroups' root.
  @Test
  void allOfBeforeTheFirstVersionIsThere() throws Exception {
    Node node =
        start(
            "0.1",
            text ->
                text.replaceAll(",\"uris\":\\[[^\\]]*\\]", "")
                    .replaceAll(",\"fetched\":(true|false)", "")
                    .replaceAll(",\"cgroups_root\":\"[^\"]*\"", ""));

    assertAllIsThere(node);
  }
}
