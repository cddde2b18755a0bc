package dev.holdfast.isolator;

/// What a number of CPUs means.
public enum CpuMode {
  /// A claim in proportion when CPU time is scarce, no cap.
  SHARES,
  /// The claim, and a cap by CFS bandwidth.
  QUOTA,
  /// CPUs of its own, as many as needed, with the claim on each.
  PINNED
}
