package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineWordsTest {
  @Test
  void wordsThatEveryLocaleKnowsStayAsTheyAre() {
    String[] words = {"run", "--", "echo", "", "a b", "~!\u007f"};

    assertThat(CommandLineWords.exact(words)).isSameAs(words);
  }

  @Test
  void variablesAreThoseOfThisProcess() {
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      if (variable.getValue().chars().allMatch(c -> c < 0x80)) {
        assertThat(CommandLineWords.variable(variable.getKey()))
            .as(variable.getKey())
            .isEqualTo(variable.getValue());
      }
    }
    assertThat(CommandLineWords.variable("HOLDFAST_TEST_NO_SUCH_VARIABLE")).isNull();
    assertThat(CommandLineWords.variable("")).isNull();
  }
}
