package dev.holdfast.testkit;

import dev.holdfast.testkit.contract.CgroupFsContract;
import dev.holdfast.testkit.contract.ContractEnvironment;

final class FakeHybridContractTest extends CgroupFsContract {
  @Override
  protected ContractEnvironment open() {
    return new FakeEnvironment(FakeCgroupFs.hybrid());
  }
}
