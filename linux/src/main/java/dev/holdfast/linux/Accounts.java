package dev.holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The host's users and groups, as the name service switch knows them: `getpwnam_r(3)`,
/// `getpwuid_r(3)`, `getgrnam_r(3)`, `getgrouplist(3)`.
public final class Accounts {
  private static final int ENTRY_SIZE = 128;
  private static final int STRINGS_SIZE = 64 * 1024;
  private static final int MOST_GROUPS = 65536; // NGROUPS_MAX, <linux/limits.h>

  // struct passwd, 64-bit: name 0, passwd 8, uid 16, gid 20, gecos 24, dir 32, shell 40.
  private static final int UID = 16;
  private static final int GID = 20;
  private static final int HOME = 32;
  private static final int SHELL = 40;

  private Accounts() {}

  /// A user's entry.
  ///
  /// @param gid the primary group
  public record User(String name, int uid, int gid, String home, String shell) {}

  public static Optional<User> user(String name) {
    try (Arena arena = Arena.ofConfined()) {
      return user(arena, "getpwnam_r", Native.cString(arena, name), name);
    }
  }

  public static Optional<User> user(int uid) {
    try (Arena arena = Arena.ofConfined()) {
      return user(arena, "getpwuid_r", uid, Integer.toString(uid));
    }
  }

  /// The number of a group.
  public static Optional<Integer> group(String name) {
    try (Arena arena = Arena.ofConfined()) {
      return entry(arena, "getgrnam_r", Native.cString(arena, name), name)
          .map(entry -> entry.number(UID));
    }
  }

  /// All groups that `user` is in, `primary` among them.
  public static List<Integer> groups(String user, int primary) {
    try (Arena arena = Arena.ofConfined();
        Scratch scratch = Scratch.borrow()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment groups = arena.allocate(ValueLayout.JAVA_INT, MOST_GROUPS);
      count.set(ValueLayout.JAVA_INT, 0, MOST_GROUPS);
      long found =
          Native.call(
              scratch,
              Native.function("getgrouplist"),
              Native.cString(arena, user),
              primary,
              groups.address(),
              count.address(),
              0,
              0,
              0);
      if ((int) found < 0) {
        throw new LinuxException("getgrouplist", user, Errno.ERANGE);
      }
      List<Integer> result = new ArrayList<>();
      for (int i = 0; i < (int) found; i++) {
        result.add(groups.getAtIndex(ValueLayout.JAVA_INT, i));
      }
      return result;
    }
  }

  private static Optional<User> user(Arena arena, String function, long key, String shown) {
    return entry(arena, function, key, shown)
        .map(entry ->
            new User(
                entry.string(0),
                entry.number(UID),
                entry.number(GID),
                entry.string(HOME),
                entry.string(SHELL)));
  }

  /// @param strings where the structure's pointers point
  private record Entry(MemorySegment structure, MemorySegment strings) {
    int number(long offset) {
      return structure.get(ValueLayout.JAVA_INT, offset);
    }

    String string(long offset) {
      long address = structure.get(ValueLayout.JAVA_LONG, offset);
      return address == 0 ? "" : strings.getString(address - strings.address());
    }
  }

  private static Optional<Entry> entry(Arena arena, String function, long key, String shown) {
    try (Scratch scratch = Scratch.borrow()) {
      MemorySegment structure = arena.allocate(ENTRY_SIZE, 8);
      MemorySegment strings = arena.allocate(STRINGS_SIZE);
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      int errno =
          (int)
              Native.call(
                  scratch,
                  Native.function(function),
                  key,
                  structure.address(),
                  strings.address(),
                  STRINGS_SIZE,
                  result.address(),
                  0,
                  0);
      boolean found = result.get(ValueLayout.JAVA_LONG, 0) != 0;
      // Name services report "there is none" in several ways, see getpwnam_r(3).
      if (!found && errno != 0 && errno != Errno.ENOENT.code() && errno != Errno.ESRCH.code()) {
        throw new LinuxException(function, shown, new Errno(errno));
      }
      return found ? Optional.of(new Entry(structure, strings)) : Optional.empty();
    }
  }
}
