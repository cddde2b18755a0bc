package dev.holdfast.isolator;

import java.time.Duration;
import java.util.List;

/// Whom a destroy killed, how, and how long it took.
///
/// @param count processes seen when the kill began; those that they forked meanwhile died with them
/// @param victims the first of them, at most [#MOST_VICTIMS]
/// @param took from the first look to the removal of the cgroup
public record KillReceipt(Mechanism mechanism, int count, List<Victim> victims, Duration took) {
  public static final int MOST_VICTIMS = 64;

  /// @param name the kernel's short name for the process, `/proc/PID/comm`
  public record Victim(int pid, String name) {}

  public enum Mechanism {
    /// The cgroup was empty.
    NONE("none"),
    CGROUP_KILL("cgroup.kill"),
    FREEZER("freezer");

    private final String label;

    Mechanism(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  public KillReceipt {
    victims = List.copyOf(victims);
  }
}
