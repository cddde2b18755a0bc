package dev.holdfast.linux;

import java.lang.foreign.ValueLayout;

/// `kill(2)`, `pidfd_open(2)`, `pidfd_send_signal(2)`, `waitid(2)`.
public final class Processes {
  private static final int P_PID = 1;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int CLD_EXITED = 1;
  private static final int SIG_IGN = 1;

  // siginfo_t of a SIGCHLD: si_signo at 0, si_code at 8, si_status at 24 (64-bit).
  private static final int SI_SIGNO = 0;
  private static final int SI_CODE = 8;
  private static final int SI_STATUS = 24;

  private Processes() {}

  /// `kill(2)` on one process. Returns false when there is none of this pid.
  public static boolean kill(int pid, Signal signal) {
    if (pid <= 0) {
      throw new IllegalArgumentException("one process has a positive pid, got " + pid);
    }
    try (Scratch scratch = Scratch.borrow()) {
      long result = Native.syscall(scratch, Syscalls.KILL, pid, signal.number());
      return delivered(result, "kill", pid);
    }
  }

  /// `pidfd_open(2)`: a descriptor that stands for this process alone, readable once it has ended.
  ///
  /// @throws LinuxException ESRCH when there is none of this pid
  public static Fd open(int pid) {
    try (Scratch scratch = Scratch.borrow()) {
      return new Fd(
          Native.check(Native.syscall(scratch, Syscalls.PIDFD_OPEN, pid, 0), "pidfd_open", pid));
    }
  }

  /// `pidfd_getfd(2)`, since Linux 5.6: a descriptor of the file that is open in the process as
  /// this number, with the same position.
  ///
  /// @throws LinuxException ESRCH when the process has ended, EBADF when it has none of this
  ///   number, EPERM when this process may not trace it
  public static Fd descriptor(Fd pidfd, int number) {
    try (Scratch scratch = Scratch.borrow()) {
      return new Fd(
          Native.check(
              Native.syscall(scratch, Syscalls.PIDFD_GETFD, pidfd.number(), number, 0, 0),
              "pidfd_getfd",
              pidfd));
    }
  }

  /// `pidfd_send_signal(2)`: cannot hit a process that got the pid later. Returns false when the
  /// process has ended.
  public static boolean kill(Fd pidfd, Signal signal) {
    try (Scratch scratch = Scratch.borrow()) {
      long result =
          Native.syscall(
              scratch, Syscalls.PIDFD_SEND_SIGNAL, pidfd.number(), signal.number(), 0, 0);
      return delivered(result, "pidfd_send_signal", pidfd);
    }
  }

  /// Waits for a child of this process to end, and reaps it. Blocks: not on a virtual thread.
  ///
  /// @throws LinuxException ECHILD when it is not a child, or somebody else has reaped it
  public static WaitStatus await(int pid) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.check(
          Native.syscall(scratch, Syscalls.WAITID, P_PID, pid, scratch.address(), WEXITED, 0, 0),
          "waitid",
          pid);
      int code = scratch.buffer().get(ValueLayout.JAVA_INT, SI_CODE);
      int status = scratch.buffer().get(ValueLayout.JAVA_INT, SI_STATUS);
      return new WaitStatus(code == CLD_EXITED ? (status & 0xff) << 8 : status & 0x7f);
    }
  }

  /// Reaps a child of this process if it has ended; returns whether it had. Does not block.
  ///
  /// @throws LinuxException ECHILD when it is not a child, or somebody else has reaped it
  public static boolean reap(int pid) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.check(
          Native.syscall(
              scratch, Syscalls.WAITID, P_PID, pid, scratch.address(), WEXITED | WNOHANG, 0, 0),
          "waitid",
          pid);
      // Without one that has ended the kernel writes no signal.
      return scratch.buffer().get(ValueLayout.JAVA_INT, SI_SIGNO) != 0;
    }
  }

  /// `signal(2)` with SIG_IGN for this process. Only for a signal that the JVM does not live by.
  public static void ignore(Signal signal) {
    try (Scratch scratch = Scratch.borrow()) {
      Native.call(scratch, Native.function("signal"), signal.number(), SIG_IGN, 0, 0, 0, 0, 0);
    }
  }

  private static boolean delivered(long result, String operation, Object target) {
    if (result == -Errno.ESRCH.code()) {
      return false;
    }
    Native.check(result, operation, target);
    return true;
  }
}
