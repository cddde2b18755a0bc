package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutorIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"make", "../../x", "a/b", ".", "100 %", "名前", "😀", "a+b"})
  void takesAnyTextThatAPersonCanRead(String name) {
    assertThat(new ExecutorId(name, "e").framework()).isEqualTo(name);
    assertThat(new ExecutorId("f", name).name()).isEqualTo(name);
  }

  @Test
  void isShownAsUsersWriteIt() {
    assertThat(new ExecutorId("default", "make")).hasToString("default/make");
  }

  @Test
  void refusesAnEmptyName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("", "e"))
        .withMessage("the framework's name is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("f", ""))
        .withMessage("the executor's name is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\0b", "a\033b", "a\u007fb", "a\u009bb"})
  void refusesAControlCharacter(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("f", name))
        .withMessage("the executor's name has a control character at position 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\ud83d", "\ude00", "\ud83dx"})
  void refusesHalfACharacter(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("f", name))
        .withMessageContaining("the executor's name is not");
  }

  @Test
  void countsTheLengthInBytes() {
    assertThat(new ExecutorId("f", "x".repeat(255)).name()).hasSize(255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("f", "x".repeat(256)))
        .withMessage("the executor's name has 256 bytes: at most 255 are possible");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExecutorId("é".repeat(128), "e"))
        .withMessage("the framework's name has 256 bytes: at most 255 are possible");
  }

  @Test
  void aRunWithoutANameHasThatOfItsProgram() {
    assertThat(ExecutorId.defaultName(List.of("/bin/sleep", "5"))).isEqualTo("sleep");
    assertThat(ExecutorId.defaultName(List.of("a\nb\ud800\ud83d\ude00")))
        .isEqualTo("a?b?\ud83d\ude00");
    assertThat(ExecutorId.defaultName(List.of("/"))).isEqualTo("run");
    assertThat(ExecutorId.defaultName(List.of())).isEqualTo("run");
    assertThat(ExecutorId.defaultName(List.of("x".repeat(300)))).hasSize(60);
  }
}
