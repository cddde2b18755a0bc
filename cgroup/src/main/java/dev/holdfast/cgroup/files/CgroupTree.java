package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What is done to one directory of a cgroup and those below it. A part that has gone is passed
/// over: workloads remove their own nested cgroups while we look.
public final class CgroupTree {
  private static final String PROCS = "cgroup.procs";

  private CgroupTree() {}

  /// Adds the pids in `directory` and below to `pids`.
  public static void collectProcesses(CgroupFs fs, Path directory, Set<Integer> pids) {
    try {
      for (String child : fs.children(directory)) {
        collectProcesses(fs, directory.resolve(child), pids);
      }
      collectPids(fs.read(directory.resolve(PROCS)), pids);
    } catch (CgroupException.NotFound gone) {
      return; // no cgroup, no processes
    } catch (CgroupException.BadValue threaded) {
      return; // EOPNOTSUPP: the processes of a threaded cgroup are listed by its domain, above it
    }
  }

  /// One number a line; by hand, since thousands are read while a fork bomb goes on.
  private static void collectPids(String text, Set<Integer> pids) {
    int pid = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        pid = 10 * pid + (c - '0');
      } else if (pid != 0) {
        pids.add(pid);
        pid = 0;
      }
    }
    if (pid != 0) {
      pids.add(pid);
    }
  }

  /// Removes what is below `directory`, children first, and then itself.
  ///
  /// @throws CgroupException.Busy while processes are in any of them
  public static void remove(CgroupFs fs, Path directory) {
    try {
      fs.removeDirectory(directory);
      return;
    } catch (CgroupException.NotFound gone) {
      return;
    } catch (CgroupException.Busy busy) {
      if (!removeChildren(fs, directory)) {
        throw busy;
      }
    }
    try {
      fs.removeDirectory(directory);
    } catch (CgroupException.NotFound gone) {
      return; // somebody else was quicker
    }
  }

  /// Removes `directory` alone, if neither a process nor another cgroup is in it.
  public static void removeUnused(CgroupFs fs, Path directory) {
    try {
      fs.removeDirectory(directory);
    } catch (CgroupException.NotFound | CgroupException.Busy goneOrUsed) {
      return;
    }
  }

  /// Removes again what was made before `cause` happened, the last first.
  public static void takeBack(CgroupFs fs, List<Path> made, CgroupException cause) {
    for (Path directory : made.reversed()) {
      try {
        fs.removeDirectory(directory);
      } catch (CgroupException alsoFailed) {
        cause.addSuppressed(alsoFailed);
      }
    }
  }

  private static boolean removeChildren(CgroupFs fs, Path directory) {
    try {
      boolean any = false;
      for (String child : fs.children(directory)) {
        remove(fs, directory.resolve(child));
        any = true;
      }
      return any;
    } catch (CgroupException.NotFound gone) {
      return true;
    }
  }
}
