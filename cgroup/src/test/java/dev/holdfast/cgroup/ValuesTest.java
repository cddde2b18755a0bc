package dev.holdfast.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The small ones: [Limit], [CpuBandwidth], [Controller], [Cgroup.Entry].
final class ValuesTest {
  @Test
  void aLimitIsAValueOrNone() {
    assertThat(Limit.at(7L).value()).contains(7L);
    assertThat(Limit.at(7L)).isEqualTo(Limit.at(7L)).isNotEqualTo(Limit.at(8L)).hasToString("7");
    assertThat(Limit.<Long>unlimited().value()).isEmpty();
    assertThat(Limit.unlimited()).isEqualTo(Limit.unlimited()).hasToString("unlimited");
  }

  @Test
  void bandwidthStaysWithinTheKernelsBounds() {
    CpuBandwidth half = CpuBandwidth.of(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(half).isEqualTo(new CpuBandwidth(50_000, 100_000));
    assertThat(half).hasToString("50000 µs in each 100000 µs");
    assertThat(new CpuBandwidth(1_000, 1_000_000).quotaMicros()).isEqualTo(1_000);
    assertThatIllegalArgumentException().isThrownBy(() -> new CpuBandwidth(999, 100_000));
    assertThatIllegalArgumentException().isThrownBy(() -> new CpuBandwidth(1_000, 999));
    assertThatIllegalArgumentException().isThrownBy(() -> new CpuBandwidth(1_000, 1_000_001));
  }

  @Test
  void controllersAreFoundByTheKernelsNames() {
    for (Controller controller : Controller.values()) {
      assertThat(Controller.parse(controller.kernelName())).contains(controller);
      assertThat(controller).hasToString(controller.kernelName());
    }
    assertThat(Controller.parse("blkio")).isEmpty();
    assertThat(Controller.parse("CPU")).isEmpty();
  }

  @Test
  void anEntryKeepsItsOwnList() {
    List<Path> files = new ArrayList<>();
    Cgroup.Entry entry = new Cgroup.Entry(files, Optional.empty());
    files.add(Path.of("/tasks"));
    assertThat(entry.tasksFiles()).isEmpty();
  }
}
