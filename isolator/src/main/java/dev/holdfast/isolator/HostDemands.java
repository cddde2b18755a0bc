package dev.holdfast.isolator;

import dev.holdfast.cgroup.Cpus;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// What an agent wants of its host for all runs, checked before the first: whoever runs one command
/// demands nothing but what that needs.
///
/// @param hierarchy the one mount point to use, alone, where the controllers are mounted if nothing
///   is; absent for all that the host has
/// @param controllers the kernel's names of those that must be there, in the order to mount them
/// @param cpuMode what a number of CPUs will mean
/// @param cpus to share out among runs that are pinned; absent for as many as there are
public record HostDemands(
    Optional<Path> hierarchy, Set<String> controllers, CpuMode cpuMode, Optional<Cpus> cpus) {
  public static final HostDemands NONE =
      new HostDemands(Optional.empty(), Set.of(), CpuMode.SHARES, Optional.empty());

  public HostDemands {
    controllers = Collections.unmodifiableSet(new LinkedHashSet<>(controllers));
  }
}
