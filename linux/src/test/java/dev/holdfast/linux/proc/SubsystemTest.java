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

class SubsystemTest {
  @Test
  void readsARecordedHost() {
    assertThat(Subsystem.parseAll(Recorded.text("cgroups-v1")))
        .hasSize(12)
        .contains(new Subsystem("memory", 4, 8, true), new Subsystem("hugetlb", 0, 1, true));
  }

  @Test
  void saysWhichControllerWasSwitchedOffAtBoot() {
    assertThat(Subsystem.parseAll(Recorded.text("cgroups-v2")))
        .filteredOn(subsystem -> !subsystem.enabled())
        .containsExactly(new Subsystem("memory", 0, 103, false));
  }

  @Test
  void toleratesFurtherColumnsAndOtherHeaders() {
    assertThat(Subsystem.parseAll("#a new header\ncpu\t3\t14\t1\tmore\n"))
        .containsExactly(new Subsystem("cpu", 3, 14, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cpu", "cpu\t3", "cpu\t3\t1", "cpu\t3\t1\t2", "cpu\tx\t1\t1", "cpu\t-1\t1\t1"})
  void refusesALineOfAnotherForm(String line) {
    assertThatThrownBy(() -> Subsystem.parseAll("#header\n" + line + "\n"))
        .isInstanceOfSatisfying(
            MalformedException.class, e -> assertThat(e.excerpt()).isEqualTo(line));
  }

  @Property
  void readsBackWhatTheKernelWouldWrite(@ForAll("subsystems") List<Subsystem> subsystems) {
    StringBuilder text = new StringBuilder("#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
    for (Subsystem s : subsystems) {
      text.append(s.name()).append('\t').append(s.hierarchyId()).append('\t').append(s.cgroups());
      text.append('\t').append(s.enabled() ? 1 : 0).append('\n');
    }

    assertThat(Subsystem.parseAll(text.toString())).isEqualTo(subsystems);
  }

  @Provide
  static Arbitrary<List<Subsystem>> subsystems() {
    Arbitrary<Integer> number = Arbitraries.integers().greaterOrEqual(0);
    return Combinators.combine(
            Arbitraries.strings().withChars("abz_").ofMinLength(1).ofMaxLength(12),
            number,
            number,
            Arbitraries.of(true, false))
        .as(Subsystem::new)
        .list()
        .ofMaxSize(5);
  }
}
