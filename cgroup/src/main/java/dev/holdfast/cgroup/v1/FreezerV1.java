package dev.holdfast.cgroup.v1;

import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Freezer;
import java.nio.file.Path;

/// docs.kernel.org/admin-guide/cgroup-v1/freezer-subsystem.html. A frozen process takes no signal,
/// SIGKILL included, before it is thawed.
final class FreezerV1 implements Freezer {
  private final CgroupFs fs;
  private final Path state;

  FreezerV1(CgroupFs fs, Path directory) {
    this.fs = fs;
    state = directory.resolve("freezer.state");
  }

  @Override
  public void freeze() {
    fs.write(state, "FROZEN");
  }

  @Override
  public void thaw() {
    fs.write(state, "THAWED");
  }

  @Override
  public boolean isFrozen() {
    return fs.read(state).strip().equals("FROZEN");
  }

  @Override
  public Path file() {
    return state;
  }
}
