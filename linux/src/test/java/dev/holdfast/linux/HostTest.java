package dev.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HostTest {
  @Test
  void theTimeSinceBootIsTheKernels() throws IOException {
    Duration before = Host.sinceBoot();
    String shown = Files.readString(Path.of("/proc/uptime"));
    Duration after = Host.sinceBoot();

    double seconds = Double.parseDouble(shown.substring(0, shown.indexOf(' ')));
    // The kernel shows whole hundredths.
    assertThat(Duration.ofMillis(Math.round(seconds * 1000)))
        .isBetween(before.minusMillis(10), after);
  }
}
