package dev.holdfast.testkit;

import dev.holdfast.testkit.contract.CgroupFsContract;
import dev.holdfast.testkit.contract.ContractEnvironment;

final class FakeV1SplitContractTest extends CgroupFsContract {
  @Override
  protected ContractEnvironment open() {
    return new FakeEnvironment(FakeCgroupFs.v1Split());
  }
}
