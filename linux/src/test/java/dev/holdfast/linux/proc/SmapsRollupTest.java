package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmapsRollupTest {
  @Test
  void readsARecordedProcessInBytes() {
    assertThat(SmapsRollup.parse(Recorded.text("smaps_rollup-6.18")))
        .isEqualTo(
            new SmapsRollup(
                1780 * 1024,
                295 * 1024,
                108 * 1024,
                187 * 1024,
                0,
                36 * 1024,
                108 * 1024,
                108 * 1024,
                0));
  }

  @Test
  void takesThePartsOfPssAsZeroWhereTheKernelDoesNotTellThem() {
    assertThat(SmapsRollup.parse(Recorded.text("smaps_rollup-4.18")))
        .isEqualTo(
            new SmapsRollup(
                10240 * 1024,
                5120 * 1024,
                0,
                0,
                0,
                12 * 1024,
                3000 * 1024,
                3024 * 1024,
                77 * 1024));
  }

  @Test
  void keepsTheSharedPartOfPssApart() {
    assertThat(
            SmapsRollup.parse(
                "Rss: 9 kB\nPss: 8 kB\nPss_Anon: 1 kB\nPss_File: 2 kB\nPss_Shmem: 3 kB"))
        .isEqualTo(new SmapsRollup(9216, 8192, 1024, 2048, 3072, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Rss: 1 kB\n", "Pss: 1 kB\n", "Rss: 1 kB\nPss: x kB\n"})
  void refusesATextOfAnotherForm(String text) {
    assertThatThrownBy(() -> SmapsRollup.parse(text)).isInstanceOf(MalformedException.class);
  }
}
