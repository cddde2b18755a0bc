package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.linux.Errno;
import dev.holdfast.testkit.FaultyCgroupFs.Verb;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FaultyCgroupFsTest {
  private static final Path MADE = Path.of("/sys/fs/cgroup/cpu/made");
  private static final Path SHARES = MADE.resolve("cpu.shares");

  private final FaultyCgroupFs fs = new FaultyCgroupFs(FakeCgroupFs.v1Split());

  @Test
  void recordsWhatWasAskedAndPassesItOn() {
    fs.makeDirectory(MADE);
    fs.write(SHARES, "512");
    assertThat(fs.read(SHARES)).isEqualTo("512\n");
    assertThat(fs.children(MADE)).isEmpty();
    assertThat(fs.exists(SHARES)).isTrue();
    fs.onModification(SHARES, () -> {}).close();
    fs.removeDirectory(MADE);
    assertThat(fs.operations())
        .extracting(FaultyCgroupFs.Operation::verb)
        .containsExactly(Verb.MAKE, Verb.WRITE, Verb.READ, Verb.LIST, Verb.WATCH, Verb.REMOVE);
    assertThat(fs.operations().get(1)).hasToString("2: write '512' to " + SHARES);
    assertThat(fs.failures()).isZero();
  }

  @Test
  void failsAtTheNumberAndDoesNotDoIt() {
    fs.makeDirectory(MADE);
    fs.failAt(2, Errno.EBUSY);
    assertThatExceptionOfType(CgroupException.Busy.class)
        .isThrownBy(() -> fs.write(SHARES, "512"))
        .withMessage("write '512' to " + SHARES + ": EBUSY");
    assertThat(fs.read(SHARES)).isEqualTo("1024\n");
    assertThat(fs.failures()).isEqualTo(1);
  }

  @Test
  void failsWhereItMatchesUntilItIsHealed() {
    fs.failWhen(operation -> operation.verb() == Verb.MAKE, Errno.ENOSPC);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(CgroupException.Unavailable.class)
          .isThrownBy(() -> fs.makeDirectory(MADE));
    }
    fs.heal();
    fs.makeDirectory(MADE);
    assertThat(fs.failures()).isEqualTo(2);
  }

  @Test
  void failsOnceWhereItMatches() {
    fs.makeDirectory(MADE);
    fs.failOnce(operation -> operation.path().equals(MADE), Errno.EBUSY);
    assertThatExceptionOfType(CgroupException.Busy.class)
        .isThrownBy(() -> fs.removeDirectory(MADE));
    fs.removeDirectory(MADE);
    assertThat(fs.exists(MADE)).isFalse();
  }

  @Test
  void tellsAnotherTextUntilItIsHealed() {
    fs.makeDirectory(MADE);
    fs.tellWhen(SHARES::equals, "many");
    assertThat(fs.read(SHARES)).isEqualTo("many");
    fs.heal();
    assertThat(fs.read(SHARES)).isEqualTo("1024\n");
  }
}
