package dev.holdfast.linux.proc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Texts of `/proc`. Recorded on kernel 6.18: `cgroups-v1`, `cpuinfo-vm-x86`, `meminfo-6.18`,
/// `smaps_rollup-6.18`, `stat-*`, and `status-*` but `status-3.10` (in `status-unprivileged` the
/// name, uid, groups and `NoNewPrivs` were changed). The others are written by hand after hosts of
/// their kind.
final class Recorded {
  private Recorded() {}

  static String text(String name) {
    try (InputStream file =
        Objects.requireNonNull(Recorded.class.getResourceAsStream("/proc/" + name), name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
