package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.Pressure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The files that every cgroup of a cgroup2 tree has, with or without controllers: those that a v2
/// host and the cgroup2 tree of a hybrid host share.
public final class UnifiedFiles {
  private final CgroupFs fs;
  private final Path directory;

  public UnifiedFiles(CgroupFs fs, Path directory) {
    this.fs = fs;
    this.directory = directory;
  }

  public Path killFile() {
    return directory.resolve("cgroup.kill");
  }

  public Cgroup.Population population() {
    Path events = events();
    return new Cgroup.Population() {
      @Override
      public boolean isPopulated() {
        return ControlText.flatKeyed(fs, events).getOrDefault("populated", 0L) == 1;
      }

      @Override
      public Set<Integer> processes() {
        Set<Integer> pids = new TreeSet<>();
        CgroupTree.collectProcesses(fs, directory, pids);
        return pids;
      }

      @Override
      public CgroupFs.Watch watch(Runnable action) {
        return fs.onModification(events, action);
      }
    };
  }

  private Path events() {
    return directory.resolve("cgroup.events");
  }

  public Freezer freezer() {
    Path switchFile = directory.resolve("cgroup.freeze");
    Path events = events();
    return new Freezer() {
      @Override
      public void freeze() {
        fs.write(switchFile, "1");
      }

      @Override
      public void thaw() {
        fs.write(switchFile, "0");
      }

      @Override
      public boolean isFrozen() {
        return ControlText.flatKeyed(fs, events).getOrDefault("frozen", 0L) == 1;
      }

      @Override
      public Path file() {
        return switchFile;
      }
    };
  }

  /// Absent when the kernel was built or booted without PSI.
  public Optional<Pressure> pressure(Pressure.Resource resource) {
    Path file = directory.resolve(resource.file());
    try {
      return Optional.of(parsePressure(fs.read(file), file));
    } catch (CgroupException.NotFound | CgroupException.BadValue absent) {
      return Optional.empty(); // EOPNOTSUPP when booted with psi=0
    }
  }

  static Pressure parsePressure(String text, Path file) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return PressureText.parse(bytes, bytes.length)
        .orElseThrow(() ->
            new CgroupException.Malformed(
                "read " + file + ": no pressure in '" + text + "'", file));
  }
}
