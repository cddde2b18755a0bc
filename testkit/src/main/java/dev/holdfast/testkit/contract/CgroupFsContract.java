package dev.holdfast.testkit.contract;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What Holdfast relies on in a cgroupfs. It runs on the fake in each layout and on the kernel, so
/// that the fake cannot drift away; a test that is for another layout is skipped.
public abstract class CgroupFsContract
    implements DirectoryContract,
        TreeContract,
        CpuContract,
        CpusetContract,
        PidsContract,
        MemoryContract,
        OomContract,
        FreezerContract,
        UnifiedContract,
        SamplerContract {
  private Optional<ContractEnvironment> environment = Optional.empty();

  protected CgroupFsContract() {}

  /// A new environment for one test.
  protected abstract ContractEnvironment open();

  @BeforeEach
  final void openEnvironment() {
    environment = Optional.of(open());
  }

  @AfterEach
  final void closeEnvironment() {
    environment.ifPresent(ContractEnvironment::close);
  }

  @Override
  public final ContractEnvironment environment() {
    return environment.orElseThrow();
  }
}
