package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTest {
  @Test
  void readsARecordedMachineInFileOrder() {
    assertThat(Cpu.parseAll(Recorded.text("cpuinfo-vm-x86")))
        .containsExactly(new Cpu(0, 0, 0), new Cpu(1, 1, 0));
  }

  @Test
  void keepsTheFileOrderOfTwoSocketsWithHyperThreads() {
    assertThat(Cpu.parseAll(Recorded.text("cpuinfo-two-sockets-smt")))
        .containsExactly(
            new Cpu(0, 0, 0),
            new Cpu(1, 0, 1),
            new Cpu(2, 2, 0),
            new Cpu(3, 2, 1),
            new Cpu(4, 0, 0),
            new Cpu(5, 0, 1),
            new Cpu(6, 2, 0),
            new Cpu(7, 2, 1));
  }

  @Test
  void sortsHyperThreadsOfOneCoreBesideEachOther() {
    assertThat(Cpu.parseAll(Recorded.text("cpuinfo-two-sockets-smt")).stream().sorted())
        .extracting(Cpu::id)
        .containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
  }

  @Test
  void takesCoreAndSocketAsZeroWhereTheFileDoesNotNameThem() {
    assertThat(Cpu.parseAll(Recorded.text("cpuinfo-arm64")))
        .containsExactly(new Cpu(0, 0, 0), new Cpu(1, 0, 0));
  }

  @Test
  void readsCoreAndSocketInEitherOrder() {
    assertThat(Cpu.parseAll("processor\t: 3\ncore id\t\t: 2\nphysical id\t: 1\n"))
        .containsExactly(new Cpu(3, 2, 1));
  }

  @Test
  void passesOverKeysThatOnlyBeginLikeItsOwn() {
    assertThat(
            Cpu.parseAll("processor\t: 3\nprocessor type: x\ncore ids: y\nprocessors\nprocessor\n"))
        .containsExactly(new Cpu(3, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vendor_id\t: x\n",
        "processor\t: x\n",
        "processor\t: -1\n",
        "processor\t:\n",
        "processor\t: 0\ncore id\t\t: x\n",
        "processor\t: 0\nphysical id\t: 0x1\n",
        "core id\t\t: 1\nprocessor\t: 0\n",
        "physical id\t: 1\nprocessor\t: 0\n",
      })
  void refusesATextOfAnotherForm(String text) {
    assertThatThrownBy(() -> Cpu.parseAll(text)).isInstanceOf(MalformedException.class);
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(@ForAll("cpus") List<Cpu> cpus) {
    StringBuilder text = new StringBuilder();
    for (Cpu cpu : cpus) {
      text.append("processor\t: ").append(cpu.id()).append("\nmodel name\t: x\nphysical id\t: ");
      text.append(cpu.socket()).append("\nsiblings\t: 8\ncore id\t\t: ").append(cpu.core());
      text.append("\npower management:\n\n");
    }

    assertThat(Cpu.parseAll(text.toString())).isEqualTo(cpus);
  }

  @Provide
  static Arbitrary<List<Cpu>> cpus() {
    return Combinators.combine(
            Arbitraries.integers().greaterOrEqual(0),
            Arbitraries.integers(),
            Arbitraries.integers())
        .as(Cpu::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }
}
