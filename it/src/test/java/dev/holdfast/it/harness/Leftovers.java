package dev.holdfast.it.harness;

import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds what a test has left, by its name, and removes it.
final class Leftovers {
  private static final Pattern NAME = Pattern.compile("holdfast-test-([0-9]+)-[0-9]+");
  private static final File CGROUPS = new File("/sys/fs/cgroup");
  private static final int DEEPEST = 6;
  private static boolean swept;

  private Leftovers() {}

  /// Removes what the tests of processes that are dead have left.
  static synchronized void sweepOnce() {
    if (swept) {
      return;
    }
    swept = true;
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Map<String, Path> found = new TreeMap<>();
    cgroups("holdfast-test-").forEach(path -> addNames(path, found));
    try (Stream<Path> files = Files.list(temporary)) {
      files.forEach(path -> addNames(path, found));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.forEach((name, path) -> {
      if (!isOwned(name, path)) {
        remove(name, temporary.resolve(name));
      }
    });
  }

  private static void addNames(Path path, Map<String, Path> found) {
    Matcher matcher = NAME.matcher(path.toString());
    while (matcher.find()) {
      found.putIfAbsent(matcher.group(), path);
    }
  }

  /// Whether the process in the name lives. One that is younger than what bears the name has only
  /// got the same pid.
  private static boolean isOwned(String name, Path path) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return true;
    }
    Instant made = Instant.ofEpochMilli(path.toFile().lastModified());
    return ProcessHandle.of(Long.parseLong(matcher.group(1)))
        .flatMap(owner -> owner.info().startInstant())
        .filter(start -> start.isBefore(made.plusSeconds(1)))
        .isPresent();
  }

  /// Directories of cgroups with `name` in their paths, parents first.
  static List<Path> cgroups(String name) {
    List<Path> found = new ArrayList<>();
    collect(CGROUPS, 0, name, found);
    return found;
  }

  private static void collect(File directory, int depth, String name, List<Path> found) {
    File[] files = depth > DEEPEST ? null : directory.listFiles(File::isDirectory);
    if (files == null) {
      return; // removed meanwhile
    }
    for (File file : files) {
      // Mounts may be links to each other, as cpu to cpu,cpuacct.
      if (!Files.isSymbolicLink(file.toPath())) {
        if (file.getPath().contains(name)) {
          found.add(file.toPath());
        }
        collect(file, depth + 1, name, found);
      }
    }
  }

  /// Pid and command line of each living process that has `name` in its command line, environment,
  /// cgroups or working directory. A zombie is gone: that it is reaped is its parent's business.
  static List<String> processes(String name) {
    List<String> found = new ArrayList<>();
    for (long pid : pids(name)) {
      found.add(pid + " " + text(proc(pid, "cmdline")).replace('\0', ' ').strip());
    }
    return found;
  }

  private static List<Long> pids(String name) {
    List<Long> pids = new ArrayList<>();
    File[] entries = new File("/proc").listFiles();
    for (File entry : entries == null ? new File[0] : entries) {
      if (entry.getName().matches("[0-9]+")) {
        long pid = Long.parseLong(entry.getName());
        if (pid != ProcessHandle.current().pid() && bears(pid, name)) {
          pids.add(pid);
        }
      }
    }
    return pids;
  }

  private static boolean bears(long pid, String name) {
    return (text(proc(pid, "cmdline")).contains(name)
            || text(proc(pid, "environ")).contains(name)
            || text(proc(pid, "cgroup")).contains(name)
            || target(proc(pid, "cwd")).contains(name))
        && !text(proc(pid, "status")).contains("State:\tZ");
  }

  private static Path proc(long pid, String file) {
    return Path.of("/proc", Long.toString(pid), file);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException gone) {
      return "";
    }
  }

  /// Ends the processes that bear `name`, removes their cgroups and `directory`.
  static void remove(String name, Path directory) {
    Waiting.within(Duration.ofSeconds(60), name + " has been removed", () -> tryRemove(name));
    try {
      if (Files.exists(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean tryRemove(String name) {
    List<Path> cgroups = cgroups(name).reversed();
    // What stands still takes no signal.
    cgroups.forEach(cgroup -> write(cgroup.resolve("freezer.state"), "THAWED"));
    cgroups.forEach(cgroup -> write(cgroup.resolve("cgroup.freeze"), "0"));
    for (long pid : pids(name)) {
      boolean _ = Processes.kill((int) pid, Signal.KILL);
    }
    boolean removed = true;
    for (Path cgroup : cgroups) {
      removed &= cgroup.toFile().delete();
    }
    return removed && pids(name).isEmpty();
  }

  private static void write(Path file, String text) {
    try {
      if (Files.exists(file)) {
        Files.writeString(file, text);
      }
    } catch (IOException gone) {
      return;
    }
  }
}
