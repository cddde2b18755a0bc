package dev.holdfast.testkit;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.CgroupPath;
import dev.holdfast.cgroup.Hierarchy;
import dev.holdfast.cgroup.host.CgroupHost;

/// A [FakeCgroupFs] of each layout.
enum Fakes {
  V1_SPLIT,
  V1_TOGETHER,
  HYBRID,
  V2;

  static final CgroupPath PARENT = CgroupPath.parse("holdfast");
  static final CgroupPath RUN = PARENT.child("run");

  FakeCgroupFs open() {
    return switch (this) {
      case V1_SPLIT -> FakeCgroupFs.v1Split();
      case V1_TOGETHER -> FakeCgroupFs.v1Together();
      case HYBRID -> FakeCgroupFs.hybrid();
      case V2 -> FakeCgroupFs.v2();
    };
  }

  /// The cgroup with all controllers, seen through `fs`, which may be a wrapper.
  static Cgroup cgroup(FakeCgroupFs fake, CgroupFs fs, CgroupPath path) {
    Hierarchy hierarchy = CgroupHost.hierarchy(fake.layout(), fs).orElseThrow();
    return hierarchy.cgroup(path, hierarchy.controllers());
  }

  /// [#RUN], made.
  static Cgroup run(FakeCgroupFs fake) {
    Cgroup run = cgroup(fake, fake, RUN);
    run.ensure();
    return run;
  }
}
