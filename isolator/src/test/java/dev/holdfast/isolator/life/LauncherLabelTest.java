package dev.holdfast.isolator.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherLabelTest {
  private static List<String> commandLine(List<String> label) {
    List<String> words = new ArrayList<>(List.of("executor-launcher"));
    words.addAll(label);
    return words;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLauncherIsKnownByItsCommandLine(boolean detached) {
    assertThat(LauncherLabel.parse(commandLine(LauncherLabel.of("f.e.run", detached))))
        .contains(new LauncherLabel("f.e.run", detached));
  }

  @Test
  void whatFollowsIsNotLookedAt() {
    assertThat(LauncherLabel.parse(List.of("executor-launcher", "x", "detached", "more")))
        .contains(new LauncherLabel("x", true));
    assertThat(LauncherLabel.parse(List.of("executor-launcher", "x", "attached")))
        .contains(new LauncherLabel("x", false));
  }

  @Test
  void noOtherProgramIsOne() {
    assertThat(LauncherLabel.parse(List.of())).isEmpty();
    assertThat(LauncherLabel.parse(List.of("executor-launcher"))).isEmpty();
    assertThat(LauncherLabel.parse(List.of("sh", "f.e.run", "detached"))).isEmpty();
    assertThat(LauncherLabel.parse(List.of("/bin/executor-launcher", "f.e.run"))).isEmpty();
  }
}
