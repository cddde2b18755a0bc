/// The one place for system calls, and the parsers of `/proc`.
///
/// Everything here throws [dev.holdfast.linux.LinuxException] with the kernel's errno, logs
/// nothing, and holds no policy.
@org.jspecify.annotations.NullMarked
module dev.holdfast.linux {
  requires static transitive org.jspecify;

  exports dev.holdfast.linux;
  exports dev.holdfast.linux.proc;
}
