package dev.holdfast.it.kernel;

import dev.holdfast.testkit.KernelTest;
import dev.holdfast.testkit.contract.CgroupFsContract;
import dev.holdfast.testkit.contract.ContractEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// The kernel keeps the contract that the fake keeps.
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelCgroupFsContractTest extends CgroupFsContract {
  private final TestHost host = new TestHost();

  @BeforeAll
  void sweep() {
    host.sweep();
  }

  @AfterAll
  void closeHost() {
    host.close();
  }

  @Override
  protected ContractEnvironment open() {
    return new KernelEnvironment(host);
  }
}
