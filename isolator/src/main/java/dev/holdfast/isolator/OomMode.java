package dev.holdfast.isolator;

/// What happens when a run reaches its memory limit.
public enum OomMode {
  /// The processes are held at the limit while a report is made, and then ended. Where the kernel
  /// cannot hold them (v2), it kills them all and the report tells of its last signs.
  REPORT,
  /// The kernel's OOM killer ends one process, and the run goes on if its leader does.
  KERNEL
}
