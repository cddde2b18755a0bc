package dev.holdfast.isolator;

import java.util.Locale;

/// What happens when a run reaches its memory limit.
public enum OomMode {
  /// The processes are held at the limit while a report is made, and then ended. Where the kernel
  /// cannot hold them (v2), it kills them all and the report tells of its last signs.
  REPORT,
  /// The kernel's OOM killer ends one process, and the run goes on if its leader does.
  KERNEL;

  /// Reads `report` or `kernel`.
  ///
  /// @throws IllegalArgumentException when `text` is neither
  public static OomMode parse(String text) {
    return switch (text) {
      case "report" -> REPORT;
      case "kernel" -> KERNEL;
      default -> throw new IllegalArgumentException("'" + text + "' is not report or kernel");
    };
  }

  /// What [#parse] reads.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
