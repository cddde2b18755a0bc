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
