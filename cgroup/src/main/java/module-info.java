/// Typed access to cgroupfs: v1 and v2 mirrored behind one door.
///
/// No policy, no threads of its own, no logging: everything here says what the kernel says, in our
/// terms, or throws a [dev.holdfast.cgroup.CgroupException].
@org.jspecify.annotations.NullMarked
module dev.holdfast.cgroup {
  requires transitive dev.holdfast.linux;
  requires static transitive org.jspecify;

  exports dev.holdfast.cgroup;
  exports dev.holdfast.cgroup.host;
}
