package dev.holdfast.isolator;

import java.util.List;

/// As whom a run's processes run.
///
/// @param groups all supplementary groups; nothing is inherited
public record Credentials(int uid, int gid, List<Integer> groups) {
  public static final Credentials ROOT = new Credentials(0, 0, List.of(0));

  public Credentials {
    groups = List.copyOf(groups);
  }
}
