package dev.holdfast.isolator;

import java.util.Locale;

/// What a number of CPUs means.
public enum CpuMode {
  /// A claim in proportion when CPU time is scarce, no cap.
  SHARES,
  /// The claim, and a cap by CFS bandwidth.
  QUOTA,
  /// CPUs of its own, as many as needed, with the claim on each.
  PINNED;

  /// Reads `shares`, `quota` or `pinned`.
  ///
  /// @throws IllegalArgumentException when `text` is none of these
  public static CpuMode parse(String text) {
    return switch (text) {
      case "shares" -> SHARES;
      case "quota" -> QUOTA;
      case "pinned" -> PINNED;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not shares, quota or pinned");
    };
  }

  /// What [#parse] reads.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
