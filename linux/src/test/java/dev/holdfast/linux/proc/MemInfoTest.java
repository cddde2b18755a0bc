package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemInfoTest {
  @Test
  void readsAHostWithoutSwap() {
    assertThat(MemInfo.parse(Recorded.text("meminfo-6.18")))
        .isEqualTo(new MemInfo(24684092L * 1024, 24156084L * 1024, 0));
  }

  @Test
  void readsAHostWithSwap() {
    assertThat(MemInfo.parse(Recorded.text("meminfo-swap")))
        .isEqualTo(new MemInfo(16305604L * 1024, 9213772L * 1024, 2097148L * 1024));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MemTotal", "MemAvailable", "SwapTotal"})
  void refusesATextWithoutALineThatItNeeds(String key) {
    String text = Recorded.text("meminfo-swap").replace(key + ":", "Other:");

    assertThatThrownBy(() -> MemInfo.parse(text))
        .isInstanceOf(MalformedException.class)
        .hasMessage("/proc/meminfo: expected a line '" + key + ":', got ''");
  }
}
