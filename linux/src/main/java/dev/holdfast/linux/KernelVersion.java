package dev.holdfast.linux;

import java.nio.file.Path;

/// A version of Linux, as far as features depend on it.
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  /// The running kernel's, `/proc/sys/kernel/osrelease`.
  public static KernelVersion running() {
    return parse(ControlFile.read(Path.of("/proc/sys/kernel/osrelease")).strip());
  }

  /// Reads `6.18.44-amd64`.
  public static KernelVersion parse(String release) {
    String[] parts = release.split("[^0-9]", 3);
    try {
      return new KernelVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException("'" + release + "' is not a kernel release", e);
    }
  }

  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return compareTo(new KernelVersion(otherMajor, otherMinor)) >= 0;
  }

  @Override
  public int compareTo(KernelVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
