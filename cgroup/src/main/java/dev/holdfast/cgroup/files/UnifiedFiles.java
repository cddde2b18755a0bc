package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.cgroup.Freezer;
import dev.holdfast.cgroup.Pressure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

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

  public Freezer freezer() {
    Path switchFile = directory.resolve("cgroup.freeze");
    Path events = directory.resolve("cgroup.events");
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

  /// Lines like `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`. That of `full` is not there for
  /// the CPU before Linux 5.13.
  static Pressure parsePressure(String text, Path file) {
    String some = line(text, "some ").orElseThrow(() -> malformed("some", text, file));
    Optional<String> full = line(text, "full ");
    return new Pressure(
        decimal(some, "avg10=", file),
        full.isPresent() ? decimal(full.get(), "avg10=", file) : 0,
        Duration.ofNanos(1_000 * (long) decimal(some, "total=", file)));
  }

  private static Optional<String> line(String text, String start) {
    return text.lines().filter(line -> line.startsWith(start)).findFirst();
  }

  private static double decimal(String line, String key, Path file) {
    int start = line.indexOf(key);
    if (start >= 0) {
      int end = line.indexOf(' ', start);
      try {
        double value =
            Double.parseDouble(line.substring(start + key.length(), end < 0 ? line.length() : end));
        if (Double.isFinite(value) && value >= 0) {
          return value;
        }
      } catch (NumberFormatException e) {
        // said below
      }
    }
    throw malformed(key, line, file);
  }

  private static CgroupException malformed(String key, String text, Path file) {
    return new CgroupException.Malformed(
        "read " + file + ": no " + key + " in '" + text + "'", file);
  }
}
