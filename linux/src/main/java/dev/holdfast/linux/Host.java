package dev.holdfast.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// Facts about this machine and this process: `sysconf(3)`, `clock_gettime(2)`, `geteuid(2)`.
public final class Host {
  private static final int SC_CLK_TCK = 2;
  private static final int SC_PAGESIZE = 30;
  private static final int SC_NPROCESSORS_ONLN = 84;
  private static final int RLIMIT_NOFILE = 7;
  private static final int CLOCK_BOOTTIME = 7;

  // struct rlimit64: soft at 0, hard at 8.
  private static final int HARD = 8;

  private Host() {}

  /// Clock ticks a second, the unit of CPU times in `/proc` and `cpuacct.stat`; 100 everywhere.
  public static long clockTicksPerSecond() {
    return Configuration.CLOCK_TICKS;
  }

  /// Bytes of a page.
  public static long pageSize() {
    return Configuration.PAGE_SIZE;
  }

  /// CPUs that are online.
  public static int onlineCpus() {
    return (int) Configuration.sysconf(SC_NPROCESSORS_ONLN);
  }

  /// How long ago this machine was booted, the time that it slept included. Start times of
  /// processes in `/proc` count from there.
  public static Duration sinceBoot() {
    try (Scratch scratch = Scratch.borrow()) {
      long error =
          Native.syscall(scratch, Syscalls.CLOCK_GETTIME, CLOCK_BOOTTIME, scratch.address());
      Native.check(error, "clock_gettime", "CLOCK_BOOTTIME");
      // struct timespec: seconds at 0, nanoseconds at 8.
      return Duration.ofSeconds(
          scratch.buffer().get(ValueLayout.JAVA_LONG, 0),
          scratch.buffer().get(ValueLayout.JAVA_LONG, Long.BYTES));
    }
  }

  /// Makes ready for foreign calls, which takes the first caller some ten milliseconds: a program
  /// that has something else to do first calls this on another thread.
  public static void warmUp() {
    isRoot();
  }

  public static boolean isRoot() {
    try (Scratch scratch = Scratch.borrow()) {
      return Native.syscall(scratch, Syscalls.GETEUID, 0) == 0;
    }
  }

  /// How many descriptors a process of this one's kind may be allowed: the hard limit of
  /// RLIMIT_NOFILE that it was started with, which the kernel never lets be unlimited.
  public static long mostOpenFiles() {
    return OpenFiles.MOST_AT_START;
  }

  /// Lets this process have so many descriptors open, where it may not have as many already. What
  /// it starts from then on may as well, unless it is told otherwise.
  ///
  /// Returns how many it may have: fewer without CAP_SYS_RESOURCE, or above `fs.nr_open`.
  public static long allowOpenFiles(long number) {
    long most = mostOpenFiles();
    if (most >= number) {
      return most;
    }
    try (Scratch scratch = Scratch.borrow()) {
      scratch.buffer().set(ValueLayout.JAVA_LONG, 0, number);
      scratch.buffer().set(ValueLayout.JAVA_LONG, HARD, number);
      limitOpenFiles(scratch, scratch.address(), 0);
      return number;
    } catch (LinuxException e) {
      if (e.is(Errno.EPERM)) {
        return most;
      }
      throw e;
    }
  }

  private static void limitOpenFiles(Scratch scratch, long now, long before) {
    Native.check(
        Native.syscall(scratch, Syscalls.PRLIMIT64, 0, RLIMIT_NOFILE, now, before),
        "prlimit",
        "RLIMIT_NOFILE");
  }

  private static final class OpenFiles {
    static final long MOST_AT_START = most();

    private static long most() {
      try (Scratch scratch = Scratch.borrow()) {
        limitOpenFiles(scratch, 0, scratch.address());
        return scratch.buffer().get(ValueLayout.JAVA_LONG, HARD);
      }
    }
  }

  private static final class Configuration {
    static final MemorySegment SYSCONF = Native.function("sysconf");
    static final long CLOCK_TICKS = sysconf(SC_CLK_TCK);
    static final long PAGE_SIZE = sysconf(SC_PAGESIZE);

    static long sysconf(int name) {
      try (Scratch scratch = Scratch.borrow()) {
        long value = Native.call(scratch, SYSCONF, name, 0, 0, 0, 0, 0, 0);
        if (value <= 0) {
          throw new LinuxException("sysconf", Integer.toString(name), Errno.EINVAL);
        }
        return value;
      }
    }
  }
}
