package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Property
  void aSignalReadsItsOwnName(@ForAll @IntRange(min = 1, max = 31) int number) {
    Signal signal = new Signal(number);

    assertThat(Signal.parse(signal.name())).contains(signal);
    assertThat(Signal.parse(signal.name().substring(3).toLowerCase(java.util.Locale.ROOT)))
        .contains(signal);
    assertThat(Signal.parse(Integer.toString(number))).contains(signal);
  }

  @Test
  void aSignalIsNotJustAnything() {
    assertThat(Signal.parse("TERMINATE")).isEmpty();
    assertThat(Signal.parse("")).isEmpty();
    assertThat(Signal.parse("0")).isEmpty();
    assertThat(Signal.parse("65")).isEmpty();
    assertThatThrownBy(() -> new Signal(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void aWaitStatusIsEitherACodeOrASignal(@ForAll @IntRange(min = 0, max = 255) int code) {
    WaitStatus exited = new WaitStatus(code << 8);

    assertThat(exited.exitCode()).contains(code);
    assertThat(exited.signal()).isEmpty();
  }

  @Property
  void aWaitStatusTellsOfACore(@ForAll @IntRange(min = 1, max = 64) int signal) {
    assertThat(new WaitStatus(signal).signal()).contains(new Signal(signal));
    assertThat(new WaitStatus(signal).dumpedCore()).isFalse();
    assertThat(new WaitStatus(signal | 0x80).dumpedCore()).isTrue();
    assertThat(new WaitStatus(signal).exitCode()).isEmpty();
  }

  @Test
  void anErrnoHasANameAndAnExplanation() {
    assertThat(Errno.ENOSPC.name()).isEqualTo("ENOSPC");
    assertThat(Errno.ENOSPC.explanation()).isEqualTo("no space left on device");
    assertThat(new Errno(4242).name()).isEqualTo("errno 4242");
    assertThat(new Errno(4242).explanation()).isEqualTo("errno 4242");
    assertThatThrownBy(() -> new Errno(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aKernelVersionComparesByNumbers() {
    assertThat(KernelVersion.parse("6.18.44-amd64").isAtLeast(5, 14)).isTrue();
    assertThat(KernelVersion.parse("5.14").isAtLeast(5, 14)).isTrue();
    assertThat(KernelVersion.parse("5.4.0-rc1").isAtLeast(5, 14)).isFalse();
    assertThat(KernelVersion.parse("10.0+").isAtLeast(9, 99)).isTrue();
    assertThatThrownBy(() -> KernelVersion.parse("linux"))
        .hasMessage("'linux' is not a kernel release");
    assertThat(KernelVersion.running().isAtLeast(3, 0)).isTrue();
  }

  @Test
  void theHostTellsItsConstants() {
    assertThat(Host.clockTicksPerSecond()).isEqualTo(100);
    assertThat(Host.pageSize()).isIn(4096L, 16384L, 65536L);
    assertThat(Host.onlineCpus()).isPositive();
    assertThat(Host.mostOpenFiles()).isBetween(64L, 1L << 30);
    // As many as it may have already.
    assertThat(Host.allowOpenFiles(Host.mostOpenFiles())).isEqualTo(Host.mostOpenFiles());
  }

  @Test
  void aFileSystemTellsItsType() {
    assertThat(Mounts.statfs(Path.of("/proc")).type()).isEqualTo(0x9fa0);
    assertThat(Mounts.statfs(Path.of("/")).availableBytes()).isNotNegative();
    assertThatThrownBy(() -> Mounts.statfs(Path.of("/nonexistent")))
        .hasMessage("statfs '/nonexistent': ENOENT");
  }
}
