package dev.holdfast.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MalformedExceptionTest {
  @Test
  void saysWhereWhatAndInsteadOfWhat() {
    assertThatThrownBy(() -> Subsystem.parseAll("cpu 3 many 1"))
        .hasMessage("/proc/cgroups: expected a number of cgroups, got 'cpu 3 many 1'");
  }

  @Test
  void showsNoControlCharacters() {
    assertThat(new MalformedException("s", "a\u001b[31m\nb\tc", "x").excerpt())
        .isEqualTo("a?[31m?b\tc");
  }

  @Test
  void showsTheBeginningOfALongText() {
    assertThat(new MalformedException("s", "y".repeat(120), "x").excerpt())
        .isEqualTo("y".repeat(120));
    assertThat(new MalformedException("s", "y".repeat(100_000), "x").excerpt())
        .isEqualTo("y".repeat(120) + "…");
  }
}
