package dev.holdfast.agent.node;

import static dev.holdfast.agent.node.Ground.ANNA;
import static dev.holdfast.agent.node.Ground.BEN;
import static dev.holdfast.agent.node.Ground.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.holdfast.agent.NodeException;
import dev.holdfast.agent.checkpoint.Checkpoint;
import dev.holdfast.isolator.ExecutorId;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
  private static final String FIRST = "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0";
  private static final String SECOND = "0b1c2fff-4f50-4162-8374-95a6b7c8d9e0";
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

  private final Registry registry = new Registry();

  static Entry entry(String id, String framework, String name, int owner, int second) {
    return new Entry(
        new Checkpoint(
            RunId.parse(id),
            ExecutorSpec.builder(new ExecutorId(framework, name), List.of("x")).build(),
            new Checkpoint.Owner(owner, "someone"),
            "someone",
            Path.of("/s"),
            new Checkpoint.Logs(4096, 1),
            Optional.empty(),
            THEN.plusSeconds(second),
            "boot",
            Optional.empty(),
            Optional.empty(),
            false));
  }

  private Entry add(String id, String framework, String name, int owner, int second) {
    Entry entry = entry(id, framework, name, owner, second);
    registry.add(entry);
    return entry;
  }

  @Test
  void aRunIsFoundByIdPrefixAndName() {
    Entry first = add(FIRST, "fw", "web", 1001, 1);
    Entry second = add(SECOND, "fw", "web", 1001, 2);

    assertThat(registry.resolve(ROOT, FIRST)).isSameAs(first);
    assertThat(registry.resolve(ROOT, "0b1c2d")).isSameAs(first);
    assertThat(registry.resolve(ROOT, "fw/web")).isSameAs(second);
    assertThatThrownBy(() -> registry.resolve(ROOT, "0b1c2"))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("2 runs")
        .hasMessageContaining(FIRST)
        .hasMessageContaining("fw/web");
  }

  @Test
  void aPrefixThatIsTooShortIsTold() {
    add(FIRST, "fw", "web", 1001, 1);
    Entry named = add(SECOND, "default", "0b1", 1001, 2);

    assertThatThrownBy(() -> registry.resolve(ROOT, "0b"))
        .isInstanceOf(NodeException.class)
        .hasMessage(
            "there is no run '0b': of a run's UUID it takes the first 4 characters or more");
    assertThatThrownBy(() -> registry.resolve(ROOT, "web")).hasMessage("there is no run 'web'");
    assertThat(registry.resolve(ROOT, "0b1")).isSameAs(named);
  }

  @Test
  void aUserFindsItsOwnAlone() {
    Entry annas = add(FIRST, "fw", "web", 1001, 1);
    add(SECOND, "fw", "web", 1002, 2);

    assertThat(registry.resolve(ANNA, "fw/web")).isSameAs(annas);
    assertThat(registry.resolve(ANNA, "0b1c2")).isSameAs(annas);
    assertThatThrownBy(() -> registry.resolve(BEN, FIRST)).hasMessageContaining("no run");
  }

  @Test
  void namesMayHoldSlashes() {
    Entry entry = add(FIRST, "a/b", "c/d", 0, 1);
    assertThat(registry.resolve(ROOT, "a/b/c/d")).isSameAs(entry);
  }

  @Test
  void aBareNameIsOneOfTheDefaultFramework() {
    Entry entry = add(FIRST, "default", "web", 0, 1);
    assertThat(registry.resolve(ROOT, "web")).isSameAs(entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0b1", "zzzz", "fw/", "/web", "/", "..", "fw/../web", "*", "0B1C2D3E"})
  void whatIsNoIdIsNotFound(String id) {
    add(FIRST, "fw", "web", 0, 1);
    assertThatThrownBy(() -> registry.resolve(ROOT, id))
        .isInstanceOfSatisfying(
            NodeException.class, e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.NOT_FOUND));
  }

  @Test
  void nonsenseIsABadRequest() {
    for (String id : List.of("", "a\nb", "x".repeat(2000))) {
      assertThatThrownBy(() -> registry.resolve(ROOT, id))
          .isInstanceOfSatisfying(
              NodeException.class,
              e -> assertThat(e.kind()).isEqualTo(NodeException.Kind.BAD_REQUEST));
    }
  }

  @Test
  void aNameIsFreeAgainWhenItsRunHasEnded() {
    Entry first = entry(FIRST, "fw", "web", 0, 1);
    assertThat(registry.addIfNameIsFree(first)).isTrue();
    assertThat(registry.addIfNameIsFree(entry(SECOND, "fw", "web", 0, 2))).isFalse();
    first.end(Ending.parse(new JsonObject(), THEN));
    assertThat(registry.addIfNameIsFree(entry(SECOND, "fw", "web", 0, 2))).isTrue();
    assertThat(registry.live()).hasSize(1);
    registry.remove(first);
    assertThat(registry.all()).hasSize(1);
  }

  @Test
  void theFullerTheDiskTheSoonerOldRunsGo() {
    Duration week = Duration.ofDays(7);
    assertThat(Collector.retention(week, 0.4)).isEqualTo(Duration.ofHours(84));
    assertThat(Collector.retention(week, 0.0)).isLessThan(week);
    assertThat(Collector.retention(week, 0.95)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Collector.retention(Duration.ofSeconds(1), 0.95)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Collector.retention(Duration.ZERO, 0.5)).isZero();
  }
}
