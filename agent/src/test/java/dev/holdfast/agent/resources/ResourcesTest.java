package dev.holdfast.agent.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.Limits;
import dev.holdfast.isolator.RunId;
import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
  private static final NodeResources TOTAL =
      new NodeResources(Cpus.ofWhole(2), Bytes.ofMebibytes(1000));

  private static Limits limits(long millis, long mebibytes) {
    Limits.Builder limits = Limits.builder();
    if (millis > 0) {
      limits.cpus(new Cpus(millis));
    }
    if (mebibytes > 0) {
      limits.memory(Bytes.ofMebibytes(mebibytes));
    }
    return limits.build();
  }

  @Test
  void amountsOfAllRolesAreAddedUp() {
    NodeResources.Asked asked =
        NodeResources.parse("cpus(*):0.5;cpus(web):1.25;mem:4096;mem(web):0.5;ports:[1-2];disk:7");
    assertThat(asked.cpus()).contains(new Cpus(1750));
    assertThat(asked.memory()).contains(new Bytes((4096L << 20) + (1 << 19)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cpus:1.5;mem:512",
        "cpus(*):1;cpus(web):.5;mem(a):256;mem(b):256.;",
        " cpus : 1.5 ; mem : 512 ",
        "ports:[31000-32000];cpus:1.5;disks:{a,b};mem:512;disk:1.5",
        "ports(web):[1-2, 3-4 ,5-6];none:[];set:{};mem:512;cpus:1.5",
        "[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1},\"role\":\"*\"},"
            + "{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":0.5},\"role\":\"a\"},"
            + "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":512}},"
            + "{\"name\":\"ports\",\"type\":\"RANGES\","
            + "\"ranges\":{\"range\":[{\"begin\":1,\"end\":2}]}},"
            + "{\"name\":\"disks\",\"type\":\"SET\",\"set\":{\"item\":[\"a\"]}}]",
      })
  void readsWhatMesosWrites(String text) {
    NodeResources.Asked asked = NodeResources.parse(text);
    assertThat(asked.cpus()).contains(new Cpus(1500));
    assertThat(asked.memory()).contains(Bytes.ofMebibytes(512));
  }

  @ParameterizedTest
  @CsvSource({
    "cpu:1;mem:64, cpu, cpus",
    "cpus:1;memory:64, memory, mem",
    "ram(web):64, ram, mem",
    "'[{\"name\":\"cpu\",\"scalar\":{\"value\":1}}]', cpu, cpus",
  })
  void anotherNameForWhatIsCappedIsNoCapPassedOver(String text, String name, String meant) {
    assertThatThrownBy(() -> NodeResources.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no resource '" + name + "': did you mean " + meant + "?");
  }

  @Test
  void whatIsNotNamedIsWhatTheMachineHas() {
    Bytes physical = Bytes.ofMebibytes(4096);
    assertThat(NodeResources.parse("auto").on(3, physical))
        .isEqualTo(new NodeResources(Cpus.ofWhole(3), Bytes.ofMebibytes(3072)));
    assertThat(NodeResources.parse("").on(1, Bytes.ofMebibytes(1024)))
        .as("all of a GiB")
        .isEqualTo(new NodeResources(Cpus.ofWhole(1), Bytes.ofMebibytes(1024)));
    assertThat(NodeResources.parse("cpus:1").on(3, Bytes.ofMebibytes(512)))
        .isEqualTo(new NodeResources(Cpus.ofWhole(1), Bytes.ofMebibytes(512)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cpus",
        "cpus:",
        "cpus:x",
        "cpus:-1",
        "cpus:1e3",
        "cpus():1",
        "cpus(a:1",
        ":1",
        "(a):1",
        "cpus:1:2",
        "cpus:0.0001",
        "cpus:[1-2]",
        "mem:{a}",
        "cpus(a)(b):1",
        "cpus)a(:1",
        "ports:31000-32000",
        "ports:[31000]",
        "ports:[1-2",
        "disks:{a,{b}}",
        "disks:a,b",
        "[1]",
        "[{\"name\":\"cpus\",\"scalar\":2}]",
        "[{\"scalar\":{\"value\":2}}]",
        "[{\"name\"",
        "mem:99999999999999999999"
      })
  void whatIsNoResourceIsNamed(String text) {
    assertThatThrownBy(() -> NodeResources.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void ofMesosJsonTheElementIsNamed() {
    String wrong = "{\"name\":\"cpus\",\"scalar\":{\"value\":\"x\"}}";
    assertThatThrownBy(() ->
            NodeResources.parse("[{\"name\":\"mem\",\"scalar\":{\"value\":1}}," + wrong + "]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + wrong + "' is not a resource");
    assertThatThrownBy(() -> NodeResources.parse("[{}]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'{}' is not a resource");
  }

  @Property
  void noFractionIsLost(
      @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 100_000) Integer> millis) {
    StringBuilder text = new StringBuilder();
    long sum = 0;
    for (int each : millis) {
      text.append("cpus(r").append(sum).append("):").append(BigDecimal.valueOf(each, 3));
      text.append(";");
      sum += each;
    }
    assertThat(NodeResources.parse(text.toString()).cpus()).contains(new Cpus(sum));
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    try {
      NodeResources.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("'");
    }
  }

  @Test
  void aRefusalTellsWhatIsFree() {
    Books books = new Books(TOTAL, false);
    assertThat(books.give(RunId.random(), limits(1500, 900))).isEmpty();
    assertThat(books.give(RunId.random(), limits(600, 200)))
        .hasValueSatisfying(why ->
            assertThat(why)
                .contains("0.6 asked for, 0.5 free of 2")
                .contains("200 MiB asked for, 100 MiB free of 1000 MiB"));
    assertThat(books.used()).isEqualTo(new NodeResources(new Cpus(1500), Bytes.ofMebibytes(900)));
  }

  @Test
  void runsWithoutLimitsCountNothing() {
    Books books = new Books(TOTAL, false);
    books.give(RunId.random(), limits(2000, 1000));
    assertThat(books.give(RunId.random(), Limits.NONE)).isEmpty();
  }

  @Test
  void whoAsksForLessIsNeverRefused() {
    Books books = new Books(TOTAL, false);
    RunId run = RunId.random();
    books.enter(run, limits(9000, 9000));
    assertThat(books.give(run, limits(8000, 8000))).isEmpty();
    assertThat(books.give(run, limits(8500, 8000))).isPresent();
    assertThat(books.free()).isEqualTo(new NodeResources(new Cpus(0), Bytes.ZERO));
  }

  @Test
  void overcommitRefusesNothing() {
    Books books = new Books(TOTAL, true);
    assertThat(books.give(RunId.random(), limits(9_000_000, 1L << 40))).isEmpty();
    assertThat(books.give(RunId.random(), limits(9_000_000, 1L << 40))).isEmpty();
  }

  @Property
  void neverIsMoreGivenThanThereIs(
      @ForAll @Size(max = 20) List<@LongRange(max = 2500) Long> asked) {
    Books books = new Books(TOTAL, false);
    for (long each : asked) {
      books.give(RunId.random(), limits(each, each));
      assertThat(books.used().cpus()).isLessThanOrEqualTo(TOTAL.cpus());
      assertThat(books.used().memory()).isLessThanOrEqualTo(TOTAL.memory());
    }
  }
}
