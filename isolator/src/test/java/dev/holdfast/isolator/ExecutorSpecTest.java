package dev.holdfast.isolator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecutorSpecTest {
  private static final ExecutorId ID = new ExecutorId("f", "e");

  private static ExecutorSpec.Builder builder() {
    return ExecutorSpec.builder(ID, List.of("true"));
  }

  @Test
  void whatIsNotSaidIsRootWithoutLimitsAndWithoutEnvironment() {
    ExecutorSpec spec = builder().build();

    assertThat(spec.id()).isEqualTo(ID);
    assertThat(spec.command()).containsExactly("true");
    assertThat(spec.limits()).isEqualTo(Limits.NONE);
    assertThat(spec.credentials()).isEqualTo(Credentials.ROOT);
    assertThat(spec.environment()).isEmpty();
    assertThat(spec.labels()).isEmpty();
    assertThat(spec.resourceLimits()).isEmpty();
    assertThat(spec.workDirectory()).isEmpty();
    assertThat(spec.timeout()).isEmpty();
    assertThat(spec.cpuTimeout()).isEmpty();
    assertThat(spec.stopTimeout()).isEqualTo(Policy.STOP_TIMEOUT);
    assertThat(spec.oomMode()).isEqualTo(OomMode.REPORT);
  }

  @Test
  void keepsWhatItIsTold() {
    Limits limits = new SomeLimits().pids(5).build();
    Credentials nobody = new Credentials(65534, 65534, List.of(65534));
    ResourceLimit files = ResourceLimit.parse("nofile=64");
    ExecutorSpec spec =
        builder()
            .label("a", "1")
            .limits(limits)
            .credentials(nobody)
            .workDirectory(Path.of("/tmp"))
            .environment("PATH", "/bin")
            .environment("EMPTY", "")
            .resourceLimit(files)
            .oomMode(OomMode.KERNEL)
            .timeout(Duration.ofSeconds(1))
            .cpuTimeout(Duration.ofSeconds(2))
            .stopTimeout(Duration.ZERO)
            .build();

    assertThat(spec.labels()).containsEntry("a", "1");
    assertThat(spec.limits()).isEqualTo(limits);
    assertThat(spec.credentials()).isEqualTo(nobody);
    assertThat(spec.workDirectory()).contains(Path.of("/tmp"));
    assertThat(spec.environment()).containsEntry("PATH", "/bin").containsEntry("EMPTY", "");
    assertThat(spec.resourceLimits()).containsExactly(files);
    assertThat(spec.oomMode()).isEqualTo(OomMode.KERNEL);
    assertThat(spec.timeout()).contains(Duration.ofSeconds(1));
    assertThat(spec.cpuTimeout()).contains(Duration.ofSeconds(2));
    assertThat(spec.stopTimeout()).isEqualTo(Duration.ZERO);
  }

  @Test
  void theLastOfTwoVariablesOfOneNameCounts() {
    assertThat(builder().environment("A", "1").environment("A", "2").build().environment())
        .containsExactlyEntriesOf(java.util.Map.of("A", "2"));
  }

  @Test
  void doesNotChangeWithTheListItWasMadeOf() {
    List<String> command = new ArrayList<>(List.of("echo", "a"));
    ExecutorSpec.Builder builder = ExecutorSpec.builder(ID, command);
    command.set(1, "b\0");

    assertThat(builder.build().command()).containsExactly("echo", "a");
  }

  @Test
  void doesNotChangeWithItsBuilder() {
    ExecutorSpec.Builder builder = builder();
    ExecutorSpec spec = builder.build();
    builder.label("a", "1").environment("A", "1").resourceLimit(ResourceLimit.parse("core=0"));

    assertThat(spec.labels()).isEmpty();
    assertThat(spec.environment()).isEmpty();
    assertThat(spec.resourceLimits()).isEmpty();
  }

  @Test
  void cannotBeChangedThroughWhatItGives() {
    ExecutorSpec spec = builder().build();

    assertThatThrownBy(() -> spec.command().add("x"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> spec.environment().put("A", "1"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> spec.labels().put("a", "1"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void refusesNoCommand() {
    for (List<String> command : List.of(List.<String>of(), List.of(""), List.of("", "a"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ExecutorSpec.builder(ID, command))
          .withMessage("there is no command to run");
    }
  }

  @Test
  void anArgumentMayBeEmpty() {
    assertThat(ExecutorSpec.builder(ID, List.of("echo", "")).build().command()).hasSize(2);
  }

  @Test
  void refusesWhatTheKernelWouldCutAtItsNul() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExecutorSpec.builder(ID, List.of("echo", "a\0b")))
        .withMessage("an argument contains a NUL character");
    assertThatIllegalArgumentException().isThrownBy(() -> builder().environment("A\0", "1"));
    assertThatIllegalArgumentException().isThrownBy(() -> builder().environment("A", "\0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A=B", "="})
  void refusesAVariableWithoutAName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().environment(name, "1"))
        .withMessage("'" + name + "' cannot be a variable's name");
  }

  @Test
  void refusesARelativeWorkingDirectory() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().workDirectory(Path.of("here")))
        .withMessage("the working directory here is not absolute");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void refusesATimeoutThatIsOverAtOnce(long nanos) {
    Duration timeout = Duration.ofNanos(nanos);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().timeout(timeout))
        .withMessage("the timeout must be more than 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().cpuTimeout(timeout))
        .withMessage("the cpu timeout must be more than 0");
  }

  @Test
  void refusesANegativeGrace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().stopTimeout(Duration.ofNanos(-1)))
        .withMessage("the stop timeout must not be negative");
  }
}
