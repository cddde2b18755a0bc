package dev.holdfast.isolator.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.isolator.launcher.LauncherMessage.Step;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.WaitStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LauncherMessageTest {
  private static final int STARTED = 1;
  private static final int FAILED = 2;
  private static final int EXITED = 3;

  private static Optional<LauncherMessage> decode(int type, int value, long... values) {
    ByteBuffer message = ByteBuffer.allocate(LauncherMessage.SIZE).order(ByteOrder.nativeOrder());
    message.putInt(type).putInt(value);
    for (long it : Arrays.copyOf(values, 7)) {
      message.putLong(it);
    }
    return LauncherMessage.decode(message.array());
  }

  @Test
  void aStartTellsTheLeaderItsStartTimeTheLauncherAndWhen() {
    assertThat(decode(STARTED, 4711, 123_456_789_012L, 4710, 5, 1_700_000_000_000_000_001L, 77))
        .contains(
            new LauncherMessage.Started(
                4711, 123_456_789_012L, 4710, Instant.ofEpochSecond(1_700_000_000, 1), 77));
  }

  @Test
  void aFailureTellsTheStepTheErrnoAndTheLauncher() {
    assertThat(decode(FAILED, 14, 2, 4710))
        .contains(new LauncherMessage.Failed(Step.EXEC, Errno.ENOENT, 4710));
    assertThat(decode(FAILED, 1, 22, 4711))
        .contains(new LauncherMessage.Failed(Step.RECORD, Errno.EINVAL, 4711));
  }

  @Test
  void anEndTellsTheStatusAndTheTime() {
    assertThat(decode(EXITED, 42 << 8, 1_700_000_000_123_456_789L, 1, 2, 3, 4, 5, 88))
        .contains(
            new LauncherMessage.Exited(
                new WaitStatus(42 << 8), Instant.ofEpochSecond(1_700_000_000, 123_456_789), 88));
    assertThat(decode(EXITED, 0x89, 0))
        .hasValueSatisfying(message -> {
          WaitStatus status = ((LauncherMessage.Exited) message).status();
          assertThat(status.signal()).contains(Signal.KILL);
          assertThat(status.dumpedCore()).isTrue();
        });
  }

  @Test
  void theTypesAreThoseOfTheLauncher() {
    assertThat(LauncherHeaders.enumeration("executor-launcher.c", "message_type"))
        .containsEntry("STARTED", STARTED)
        .containsEntry("FAILED", FAILED)
        .containsEntry("EXITED", EXITED)
        .hasSize(3);
  }

  /// A step that the launcher knows and we do not would be a failure that nobody hears of.
  @Test
  void theStepsAreThoseOfTheLauncher() {
    List<String> theirs = List.copyOf(LauncherHeaders.enumeration("leader.h", "step").keySet());
    List<String> ours =
        Arrays.stream(Step.values())
            .map(step ->
                "STEP_"
                    + switch (step) {
                      case RESOURCE_LIMIT -> "RLIMIT";
                      case WORK_DIRECTORY -> "WORKDIR";
                      case NO_NEW_PRIVILEGES -> "NO_NEW_PRIVS";
                      default -> step.name();
                    })
            .toList();

    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void everyStepCanFail() {
    int number = 0;
    for (Step step : Step.values()) {
      number++;
      assertThat(decode(FAILED, number, 13))
          .contains(new LauncherMessage.Failed(step, Errno.EACCES, 0));
      assertThat("cannot " + step.action()).matches("cannot [a-z][A-Za-z',\\- ]+[a-z]");
    }
  }

  @Test
  void whatIsNotKnownHereIsPassedOver() {
    assertThat(decode(0, 1, 1)).isEmpty();
    assertThat(decode(4, 1, 1)).isEmpty();
    assertThat(decode(-1, 1, 1)).isEmpty();
    assertThat(decode(FAILED, 0, 1)).isEmpty();
    assertThat(decode(FAILED, Step.values().length + 1, 1)).isEmpty();
    assertThat(decode(FAILED, -1, 1)).isEmpty();
    assertThat(decode(FAILED, 1, 0)).isEmpty();
    assertThat(decode(FAILED, 1, -2)).isEmpty();
    assertThat(decode(FAILED, 1, 1L << 32)).isEmpty();
  }

  @Property
  void noBytesEndTheReader(@ForAll @Size(LauncherMessage.SIZE) byte[] bytes) {
    assertThat(LauncherMessage.decode(bytes)).isNotNull();
  }

  @Property
  void noValuesOfAKnownMessageEndTheReader(
      @ForAll @IntRange(min = 1, max = 3) int type,
      @ForAll int value,
      @ForAll long first,
      @ForAll long second) {
    assertThat(decode(type, value, first, second)).isNotNull();
  }
}
