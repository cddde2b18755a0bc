package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `mkdir(2)`, `rmdir(2)` and `getdents64(2)`, with their errno.
public final class Directories {
  private static final int AT_FDCWD = -100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final byte DT_DIR = 4;

  /// Its name in its parent, and its own `.`; each directory below adds its `..`. Where a file
  /// system does not count them it says 1.
  private static final int LINKS_OF_A_LEAF = 2;

  // struct statx: u32 mask, u32 blksize, u64 attributes, u32 nlink.
  private static final int STATX_NLINK = 4;
  private static final int NLINK = 16;

  /// Behind the path, which is shorter.
  private static final int RESULT = 8 * 1024;

  // struct linux_dirent64: u64 ino, s64 off, u16 reclen, u8 type, char name[].
  private static final int RECORD_LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private Directories() {}

  /// `mkdir(2)`, mode as given less the umask.
  public static void make(Path path, int mode) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(path.toString());
      Native.check(Native.syscall(scratch, Syscalls.MKDIRAT, AT_FDCWD, name, mode), "mkdir", path);
    }
  }

  /// `rmdir(2)`.
  public static void remove(Path path) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(path.toString());
      Native.check(
          Native.syscall(scratch, Syscalls.UNLINKAT, AT_FDCWD, name, AT_REMOVEDIR), "rmdir", path);
    }
  }

  /// The names of the directories right below `path`, in the kernel's order, without `.` and `..`.
  /// Only for file systems that tell the type of an entry, as cgroupfs does.
  public static List<String> subdirectories(Path path) {
    if (links(path) == LINKS_OF_A_LEAF) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Fd directory = ControlFile.openDescriptor(path, false);
        Scratch scratch = Scratch.borrow()) {
      while (true) {
        long length =
            Native.check(
                Native.syscall(
                    scratch,
                    Syscalls.GETDENTS64,
                    directory.number(),
                    scratch.address(),
                    Scratch.SIZE),
                "getdents64",
                path);
        if (length == 0) {
          return names;
        }
        collect(scratch.buffer(), length, names);
      }
    }
  }

  /// One system call instead of four for what is asked most often: a cgroup with none below it.
  private static int links(Path path) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(path.toString());
      Native.check(
          Native.syscall(
              scratch,
              Syscalls.STATX,
              AT_FDCWD,
              name,
              0,
              STATX_NLINK,
              scratch.address() + RESULT,
              0),
          "statx",
          path);
      return scratch.buffer().get(ValueLayout.JAVA_INT, RESULT + NLINK);
    }
  }

  private static void collect(MemorySegment entries, long length, List<String> names) {
    long at = 0;
    while (at < length) {
      if (entries.get(ValueLayout.JAVA_BYTE, at + TYPE) == DT_DIR) {
        String name = entries.getString(at + NAME);
        if (!name.equals(".") && !name.equals("..")) {
          names.add(name);
        }
      }
      at += Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + RECORD_LENGTH));
    }
  }
}
