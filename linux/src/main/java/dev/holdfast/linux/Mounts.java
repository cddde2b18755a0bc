package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// `mount(2)`, `umount2(2)` and `statfs(2)`.
public final class Mounts {
  /// `CGROUP_SUPER_MAGIC`, `<linux/magic.h>`: a v1 hierarchy.
  public static final long CGROUP_MAGIC = 0x27e0eb;

  /// `CGROUP2_SUPER_MAGIC`.
  public static final long CGROUP2_MAGIC = 0x63677270;

  /// `TMPFS_MAGIC`.
  public static final long TMPFS_MAGIC = 0x01021994;

  private static final long STATFS_BLOCK_SIZE = 8;
  private static final long STATFS_AVAILABLE = 32;

  private Mounts() {}

  /// What `statfs(2)` says of the file system that holds a path.
  ///
  /// @param type its magic number
  /// @param availableBytes what an unprivileged user may still write
  public record FileSystem(long type, long availableBytes) {}

  public static FileSystem statfs(Path path) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(path.toString());
      MemorySegment answer = scratch.buffer().asSlice(Scratch.SIZE - 256, 256);
      Native.check(
          Native.syscall(scratch, Syscalls.STATFS, name, answer.address()), "statfs", path);
      return new FileSystem(
          answer.get(ValueLayout.JAVA_LONG, 0),
          answer.get(ValueLayout.JAVA_LONG, STATFS_AVAILABLE)
              * answer.get(ValueLayout.JAVA_LONG, STATFS_BLOCK_SIZE));
    }
  }

  /// Mounts without flags.
  ///
  /// @param data the file system's own options, as `cpu,memory` for a v1 hierarchy
  public static void mount(String source, Path target, String type, String data) {
    try (Scratch scratch = Scratch.borrow()) {
      long sourceName = scratch.string(source);
      long targetName = scratch.string(target.toString());
      long typeName = scratch.string(type);
      long options = scratch.string(data);
      Native.check(
          Native.syscall(scratch, Syscalls.MOUNT, sourceName, targetName, typeName, 0, options, 0),
          "mount",
          target);
    }
  }

  /// Unmounts; EBUSY while anything uses it.
  public static void unmount(Path target) {
    try (Scratch scratch = Scratch.borrow()) {
      long name = scratch.string(target.toString());
      Native.check(Native.syscall(scratch, Syscalls.UMOUNT2, name, 0), "umount2", target);
    }
  }
}
