package dev.holdfast.agent.config;

import dev.holdfast.isolator.CpuMode;
import java.util.LinkedHashSet;
import java.util.Set;

/// The seed's list of controllers, which also says what a number of CPUs means. The freezer and the
/// accounting are always used, and so is memory.
final class Subsystems {
  private static final Set<String> KNOWN =
      Set.of("cpu", "cpuacct", "cpuset", "memory", "freezer", "pids", "");

  private Subsystems() {}

  /// @throws ConfigException when the list cannot be
  static CpuMode cpuMode(Settings settings) {
    Set<String> names = settings.value(Flag.CGROUPS_SUBSYSTEMS, Subsystems::parse);
    boolean cfs = settings.isOn(Flag.CGROUPS_ENABLE_CFS);
    if (names.contains("cpu") && names.contains("cpuset")) {
      throw new ConfigException(
          Flag.CGROUPS_SUBSYSTEMS.option()
              + ": cpu (CPUs are shared) and cpuset (CPUs are pinned) exclude each other:"
              + " name one of them");
    }
    if (cfs && !names.contains("cpu")) {
      throw new ConfigException(
          Flag.CGROUPS_ENABLE_CFS.option() + " needs cpu in " + Flag.CGROUPS_SUBSYSTEMS.option());
    }
    if (names.contains("cpuset")) {
      return CpuMode.PINNED;
    }
    return cfs ? CpuMode.QUOTA : CpuMode.SHARES;
  }

  private static Set<String> parse(String text) {
    Set<String> names = new LinkedHashSet<>();
    for (String token : text.split(",", -1)) {
      String name = token.strip();
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "'" + name + "' is not a controller that is used: write cpu or cpuset, memory, pids");
      }
      names.add(name);
    }
    return names;
  }
}
