package dev.holdfast.isolator.life;

import dev.holdfast.testkit.FakeCgroupFs;

/// How a host has its cgroups mounted.
enum HostKind {
  V1,
  V1_TOGETHER,
  HYBRID,
  V2;

  FakeCgroupFs fake() {
    return switch (this) {
      case V1 -> FakeCgroupFs.v1Split();
      case V1_TOGETHER -> FakeCgroupFs.v1Together();
      case HYBRID -> FakeCgroupFs.hybrid();
      case V2 -> FakeCgroupFs.v2();
    };
  }
}
