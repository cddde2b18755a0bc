package dev.holdfast.cgroup;

import java.time.Duration;

/// Stall information (PSI): how long processes have waited for a resource,
/// docs.kernel.org/accounting/psi.html.
///
/// @param someAvg10 percent of the last ten seconds in which at least one process waited
/// @param fullAvg10 percent in which all did; 0 for the CPU
/// @param someTotal since the cgroup's creation
/// @param fullTotal likewise
public record Pressure(double someAvg10, double fullAvg10, Duration someTotal, Duration fullTotal) {
  public enum Resource {
    CPU("cpu.pressure"),
    MEMORY("memory.pressure"),
    IO("io.pressure");

    private final String file;

    Resource(String file) {
      this.file = file;
    }

    /// The name of the file that tells it.
    public String file() {
      return file;
    }
  }
}
