package dev.holdfast.cgroup;

import java.util.List;
import java.util.Optional;

/// A cgroup's place below the hierarchies' roots, as `holdfast/default.make.0b1c…`: one or more
/// names, none of which can lead anywhere else.
public record CgroupPath(List<String> names) {
  private static final int LONGEST_NAME = 255; // NAME_MAX

  public CgroupPath {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("the hierarchy's root is not ours to name");
    }
    names.forEach(CgroupPath::requireName);
  }

  /// Reads names separated by single slashes.
  ///
  /// @throws IllegalArgumentException when a name is empty, `.`, `..`, too long, or has a NUL or a
  ///   newline
  public static CgroupPath parse(String text) {
    if (text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
      String names = text.replaceAll("/+", "/").replaceAll("^/|/$", "");
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not names with single slashes between them"
              + (names.isEmpty() ? "" : ": write '" + names + "'"));
    }
    return new CgroupPath(List.of(text.split("/", -1)));
  }

  public CgroupPath child(String name) {
    List<String> longer = new java.util.ArrayList<>(names);
    longer.add(name);
    return new CgroupPath(longer);
  }

  /// The cgroup above, absent for one right below the hierarchy's root.
  public Optional<CgroupPath> parent() {
    return names.size() == 1
        ? Optional.empty()
        : Optional.of(new CgroupPath(names.subList(0, names.size() - 1)));
  }

  public String name() {
    return names.getLast();
  }

  private static void requireName(String name) {
    boolean fits =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.indexOf('/') < 0
            && name.indexOf('\0') < 0
            && name.indexOf('\n') < 0
            && name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= LONGEST_NAME;
    if (!fits) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot be a cgroup's name: it takes 1 to 255 bytes without '/'");
    }
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
