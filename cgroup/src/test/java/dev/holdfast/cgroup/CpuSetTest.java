package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CpuSetTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0", "0-3, 0-3", "'0-2,5', '0-2,5'", "'5,0,1,2', '0-2,5'", "'0,0', 0", "'1,2', 1-2",
    "'0-1,1-2', 0-2", "'0-3\n', 0-3", "'', ''", "' \n', ''", "3-3, 3", "8191, 8191"
  })
  void readsTheKernelsLists(String text, String shortest) {
    assertThat(CpuSet.parse(text).format()).isEqualTo(shortest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-", "0-", "-1", "1-0", "0,", ",0", "a", "0-a", "8192", "+1", "0-1-2", "٣", "1.5"})
  void refusesWhatIsNoListAndQuotesIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CpuSet.parse(text))
        .withMessageStartingWith("'" + text + "' is not a list of cpus");
  }

  @Property
  void isReadAsItIsWritten(@ForAll Set<@IntRange(max = 8191) Integer> ids) {
    CpuSet set = CpuSet.of(ids);
    assertThat(CpuSet.parse(set.format())).isEqualTo(set).hasSameHashCodeAs(set);
    assertThat(set.ids()).containsExactlyElementsOf(new TreeSet<>(ids));
    assertThat(set.size()).isEqualTo(ids.size());
    assertThat(set.isEmpty()).isEqualTo(ids.isEmpty());
  }

  /// No two neighbours side by side: `0,1` would be `0-1`.
  @Property
  void isWrittenAsShortAsItCanBe(@ForAll Set<@IntRange(max = 40) Integer> ids) {
    int runs = 0;
    for (int id : ids) {
      runs += ids.contains(id - 1) ? 0 : 1;
    }
    String text = CpuSet.of(ids).format();
    assertThat(text.isEmpty() ? 0 : text.split(",", -1).length).isEqualTo(runs);
  }

  @Property
  void minusLeavesTheOthers(
      @ForAll Set<@IntRange(max = 40) Integer> ids, @ForAll Set<@IntRange(max = 40) Integer> less) {
    Set<Integer> rest = new TreeSet<>(ids);
    rest.removeAll(less);
    assertThat(CpuSet.of(ids).minus(CpuSet.of(less))).isEqualTo(CpuSet.of(rest));
  }

  @Property
  void anyOtherTextIsAnIllegalArgument(
      @ForAll @Chars({',', '-', ' ', '\n', 'x'}) @CharRange(from = '0', to = '9') String text) {
    try {
      assertThat(CpuSet.parse(text).ids()).allMatch(id -> id >= 0 && id <= 8191);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("is not a list of cpus");
    }
  }

  @Test
  void hasNoNegativeCpu() {
    assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.of(List.of(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.of(List.of(8192)));
    assertThat(CpuSet.of(List.of(3)).contains(3)).isTrue();
    assertThat(CpuSet.of(List.of(3)).contains(2)).isFalse();
  }
}
