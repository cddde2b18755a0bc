package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdTest {
  @Property
  void isReadAsItIsShown(@ForAll long most, @ForAll long least) {
    RunId id = new RunId(new UUID(most, least));

    assertThat(RunId.parse(id.toString())).isEqualTo(id);
  }

  @Test
  void isDrawnAnewEachTime() {
    assertThat(RunId.random()).isNotEqualTo(RunId.random());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1-1-1-1-1",
        "0B1C2D3E-4F50-4162-8374-95A6B7C8D9E0",
        "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0 ",
        "0b1c2d3e4f504162837495a6b7c8d9e0",
        "{0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0}",
      })
  void refusesEveryOtherForm(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> RunId.parse(text));
  }
}
