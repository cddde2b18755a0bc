package dev.holdfast.testkit;

import dev.holdfast.testkit.contract.CgroupFsContract;
import dev.holdfast.testkit.contract.ContractEnvironment;

final class FakeV2ContractTest extends CgroupFsContract {
  @Override
  protected ContractEnvironment open() {
    return new FakeEnvironment(FakeCgroupFs.v2());
  }
}
