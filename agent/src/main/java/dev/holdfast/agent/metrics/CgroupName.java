package dev.holdfast.agent.metrics;

import java.nio.file.Path;
import java.util.List;

/// A cgroup's path below the mount points, as `/holdfast/default.make.0b1c…`: cAdvisor's `id`.
final class CgroupName {
  private static final Path USUAL_MOUNT = Path.of("/sys/fs/cgroup");

  private CgroupName() {}

  /// What the directories have in common at their end; of a single one, what is below the usual
  /// mount point.
  static String of(List<Path> directories) {
    if (directories.isEmpty()) {
      return "";
    }
    Path first = directories.getFirst();
    if (directories.size() == 1) {
      return first.startsWith(USUAL_MOUNT) ? "/" + USUAL_MOUNT.relativize(first) : first.toString();
    }
    int common = 0;
    while (common < shortest(directories) && isCommon(directories, common + 1)) {
      common++;
    }
    int names = first.getNameCount();
    return common == 0 ? "/" : "/" + first.subpath(names - common, names);
  }

  private static int shortest(List<Path> directories) {
    return directories.stream().mapToInt(Path::getNameCount).min().orElse(0);
  }

  /// Whether the last `count` names are.
  private static boolean isCommon(List<Path> directories, int count) {
    Path first = directories.getFirst();
    Path name = first.getName(first.getNameCount() - count);
    return directories.stream().allMatch(it -> it.getName(it.getNameCount() - count).equals(name));
  }
}
