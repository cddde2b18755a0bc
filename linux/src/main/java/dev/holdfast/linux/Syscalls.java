package dev.holdfast.linux;

/// System call numbers, `<asm/unistd.h>`, of the two architectures that Holdfast runs on.
final class Syscalls {
  private static final boolean X86_64 = isX86();

  static final long READ = number(0, 63);
  static final long WRITE = number(1, 64);
  static final long CLOSE = number(3, 57);
  static final long IOCTL = number(16, 29);
  static final long PREAD64 = number(17, 67);
  static final long SOCKET = number(41, 198);
  static final long CONNECT = number(42, 203);
  static final long SENDTO = number(44, 206);
  static final long SENDMSG = number(46, 211);
  static final long SOCKETPAIR = number(53, 199);
  static final long SETSOCKOPT = number(54, 208);
  static final long KILL = number(62, 129);
  static final long FCNTL = number(72, 25);
  static final long FLOCK = number(73, 32);
  static final long GETEUID = number(107, 175);
  static final long STATFS = number(137, 43);
  static final long MOUNT = number(165, 40);
  static final long UMOUNT2 = number(166, 39);
  static final long GETDENTS64 = number(217, 61);
  static final long CLOCK_GETTIME = number(228, 113);
  static final long EPOLL_CTL = number(233, 21);
  static final long WAITID = number(247, 95);
  static final long INOTIFY_ADD_WATCH = number(254, 27);
  static final long INOTIFY_RM_WATCH = number(255, 28);
  static final long OPENAT = number(257, 56);
  static final long MKDIRAT = number(258, 34);
  static final long UNLINKAT = number(263, 35);
  static final long EPOLL_PWAIT = number(281, 22);
  static final long EVENTFD2 = number(290, 19);
  static final long EPOLL_CREATE1 = number(291, 20);
  static final long INOTIFY_INIT1 = number(294, 26);
  static final long PRLIMIT64 = number(302, 261);
  static final long STATX = number(332, 291);
  static final long PIDFD_SEND_SIGNAL = 424;
  static final long PIDFD_OPEN = 434;
  static final long PIDFD_GETFD = 438;

  private Syscalls() {}

  /// Whether the kernel packs `struct epoll_event`, as it does on x86-64 alone.
  static boolean packsEpollEvent() {
    return X86_64;
  }

  private static long number(int x86, int aarch64) {
    return X86_64 ? x86 : aarch64;
  }

  private static boolean isX86() {
    String arch = System.getProperty("os.arch");
    return switch (arch) {
      case "amd64", "x86_64" -> true;
      case "aarch64" -> false;
      default ->
          throw new UnsupportedOperationException(
              "holdfast runs on x86-64 and aarch64, this is " + arch);
    };
  }
}
