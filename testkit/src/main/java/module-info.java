/// What tests are made of: a cgroupfs that behaves without a kernel, one that fails on demand, a
/// clock that stands still, and the contract that the real and the fake cgroupfs share.
@org.jspecify.annotations.NullMarked
open module dev.holdfast.testkit {
  requires transitive dev.holdfast.cgroup;
  requires transitive org.assertj.core;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.holdfast.testkit;
  exports dev.holdfast.testkit.contract;
}
