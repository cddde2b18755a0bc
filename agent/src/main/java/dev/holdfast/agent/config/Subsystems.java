package dev.holdfast.agent.config;

import dev.holdfast.isolator.CpuMode;
import java.util.LinkedHashSet;
import java.util.Set;

/// The seed's list of controllers, which also says what a number of CPUs means.
///
/// @param names as the kernel calls them, in the order of the list; the freezer, without which
///   nothing can be ended, and the accounting are always among them
record Subsystems(Set<String> names, CpuMode cpuMode) {
  /// @throws ConfigException when the list cannot be
  static Subsystems of(Settings settings) {
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
      return new Subsystems(names, CpuMode.PINNED);
    }
    return new Subsystems(names, cfs ? CpuMode.QUOTA : CpuMode.SHARES);
  }

  /// Which names there are only the kernel can say.
  private static Set<String> parse(String text) {
    Set<String> names = new LinkedHashSet<>();
    for (String token : text.split(",", -1)) {
      String name = token.strip();
      if (!name.matches("[a-z0-9_]*")) {
        throw new IllegalArgumentException(
            "'" + name + "' is not the name of a controller: write cpu,memory or cpuset,memory");
      }
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    names.add("freezer");
    names.add("cpuacct");
    return names;
  }
}
