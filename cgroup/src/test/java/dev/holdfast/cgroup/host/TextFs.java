package dev.holdfast.cgroup.host;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.linux.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A few files that can be read, and no more: detection touches nothing.
record TextFs(Map<Path, String> files) implements CgroupFs {
  @Override
  public String read(Path file) {
    return Optional.ofNullable(files.get(file))
        .orElseThrow(() -> CgroupException.of("read", file, Errno.ENOENT));
  }

  @Override
  public void write(Path file, String value) {
    throw new UnsupportedOperationException("write " + file);
  }

  @Override
  public void makeDirectory(Path directory) {
    throw new UnsupportedOperationException("mkdir " + directory);
  }

  @Override
  public void removeDirectory(Path directory) {
    throw new UnsupportedOperationException("rmdir " + directory);
  }

  @Override
  public List<String> children(Path directory) {
    throw new UnsupportedOperationException("list " + directory);
  }

  @Override
  public boolean exists(Path file) {
    return files.containsKey(file);
  }

  @Override
  public Watch onModification(Path file, Runnable action) {
    throw new UnsupportedOperationException("watch " + file);
  }

  @Override
  public Watch onEvent(Path control, Path eventControl, Runnable action) {
    throw new UnsupportedOperationException("watch " + control);
  }
}
