package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.CgroupFs;
import java.nio.file.Path;
import java.util.List;

/// A cgroupfs that takes what is written to one control and does nothing with it.
final class DeafCgroupFs implements CgroupFs {
  private final CgroupFs real;
  private final String control;

  DeafCgroupFs(CgroupFs real, String control) {
    this.real = real;
    this.control = control;
  }

  @Override
  public void write(Path file, String value) {
    if (!file.endsWith(control)) {
      real.write(file, value);
    }
  }

  @Override
  public String read(Path file) {
    return real.read(file);
  }

  @Override
  public void makeDirectory(Path directory) {
    real.makeDirectory(directory);
  }

  @Override
  public void removeDirectory(Path directory) {
    real.removeDirectory(directory);
  }

  @Override
  public List<String> children(Path directory) {
    return real.children(directory);
  }

  @Override
  public boolean exists(Path file) {
    return real.exists(file);
  }

  @Override
  public Watch onModification(Path file, Runnable action) {
    return real.onModification(file, action);
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    return real.onEvent(control, eventControl, action);
  }
}
