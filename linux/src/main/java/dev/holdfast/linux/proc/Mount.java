package dev.holdfast.linux.proc;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A mount as a process sees it: a line of `/proc/PID/mountinfo`, proc_pid_mountinfo(5).
///
/// The octal escapes of the kernel are resolved. Sets keep the kernel's order.
///
/// @param id unique among the mounts of now; used again after an unmount
/// @param parentId the mount that this one is mounted on; for the root of the tree one that is not
///   in the list, or itself
/// @param root what of the file system is mounted here: `/` for all of it, a cgroup's path for one
///   that was bound or seen from within a cgroup namespace, `net:[4026531840]` and the like for a
///   namespace
/// @param mountPoint absolute, relative to the root directory of the process
/// @param options of this mount: `ro`, `nosuid`
/// @param type of the file system: `cgroup`, `cgroup2`, `tmpfs`
/// @param source a device, or what was given as one; may be empty
/// @param superOptions of the file system, for all its mounts: of a `cgroup` its controllers, and
///   `name=systemd` for a named hierarchy
public record Mount(
    int id,
    int parentId,
    String root,
    Path mountPoint,
    Set<String> options,
    String type,
    String source,
    Set<String> superOptions) {
  private static final String SOURCE = "/proc/PID/mountinfo";

  public Mount {
    options = Collections.unmodifiableSet(new LinkedHashSet<>(options));
    superOptions = Collections.unmodifiableSet(new LinkedHashSet<>(superOptions));
  }

  /// Parses the whole file, in the kernel's order: a mount comes after the one it is mounted on,
  /// and of two on the same point the later hides the earlier.
  ///
  /// A mount point that this JVM cannot name is left out: in the locale `C` any with a letter
  /// outside ASCII, and where users may mount (FUSE), one of them could keep every program here
  /// from starting.
  public static List<Mount> parseAll(String mountinfo) {
    List<Mount> mounts = new ArrayList<>();
    Cursor line = new Cursor(SOURCE, mountinfo);
    while (line.nextLine()) {
      int id = line.natural("a mount id");
      int parentId = line.natural("the parent's mount id");
      line.field("a device number");
      String root = unescaped(line.field("a root"));
      Optional<Path> mountPoint = mountPoint(line);
      Set<String> options = options(line.field("mount options"));
      skipOptionalFields(line);
      String type = unescaped(line.field("a file system type"));
      String source = unescaped(line.field("a source"));
      Set<String> superOptions = options(line.field("super options"));
      if (mountPoint.isPresent()) {
        mounts.add(
            new Mount(id, parentId, root, mountPoint.get(), options, type, source, superOptions));
      }
    }
    return List.copyOf(mounts);
  }

  private static Optional<Path> mountPoint(Cursor line) {
    String text = unescaped(line.field("a mount point"));
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw line.malformed("an absolute mount point");
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException unmappable) {
      return Optional.empty();
    }
  }

  /// Passes `shared:1`, `master:2` and what else there is before the separator.
  private static void skipOptionalFields(Cursor line) {
    String field = line.field("the separator ' - '");
    while (!field.equals("-")) {
      field = line.field("the separator ' - '");
    }
  }

  /// A comma within an option is escaped, so the split comes first.
  private static Set<String> options(String text) {
    Set<String> options = new LinkedHashSet<>();
    for (String option : Cursor.parts(text)) {
      options.add(unescaped(option));
    }
    return options;
  }

  /// Resolves `\040`. The kernel escapes ASCII only; any other backslash stands for itself, since
  /// some file systems print their options as they got them.
  private static String unescaped(String text) {
    int backslash = text.indexOf('\\');
    if (backslash < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length());
    int start = 0;
    while (backslash >= 0) {
      result.append(text, start, backslash);
      start = backslash;
      if (isOctal(text, backslash + 1)) {
        result.append(
            (char)
                ((text.charAt(backslash + 1) - '0') << 6
                    | (text.charAt(backslash + 2) - '0') << 3
                    | (text.charAt(backslash + 3) - '0')));
        start = backslash + 4;
      }
      backslash = text.indexOf('\\', Math.max(start, backslash + 1));
    }
    return result.append(text, start, text.length()).toString();
  }

  private static boolean isOctal(String text, int at) {
    return at + 3 <= text.length()
        && isDigit(text.charAt(at), '1')
        && isDigit(text.charAt(at + 1), '7')
        && isDigit(text.charAt(at + 2), '7');
  }

  private static boolean isDigit(char c, char highest) {
    return c >= '0' && c <= highest;
  }
}
