package dev.holdfast.agent.node;

import dev.holdfast.agent.Caller;
import dev.holdfast.agent.NodeException;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.proc.ProcFs;
import java.util.Optional;
import java.util.OptionalInt;

/// The stdin of the process that asks for a run, taken for the run: the file itself, so that what
/// it reads comes neither through us nor ends with us.
final class CallersStdin {
  private static final int STDIN = 0;

  private final Caller caller;
  private final ProcFs proc;

  CallersStdin(Caller caller, ProcFs proc) {
    this.caller = caller;
    this.proc = proc;
  }

  /// The caller's from now on. Empty when the process has closed its own.
  ///
  /// @throws NodeException when it is not the caller's to give, or cannot be had
  Optional<Fd> of(int pid) {
    if (caller.uid() < 0) {
      throw Refusals.bad("stdin_pid: a process can be named over the Unix socket alone");
    }
    if (pid <= 0) {
      throw Refusals.bad("stdin_pid: " + pid + " is no pid");
    }
    try (Fd process = Processes.open(pid)) {
      // Before and after: a program that changes its user may be executed at any time.
      requireCallers(pid);
      Fd stdin = Processes.descriptor(process, STDIN);
      try {
        requireCallers(pid);
        return Optional.of(stdin);
      } catch (NodeException e) {
        stdin.close();
        throw e;
      }
    } catch (LinuxException e) {
      if (e.errno().equals(Errno.EBADF)) {
        return Optional.empty();
      }
      boolean isNone = e.errno().equals(Errno.ESRCH) || e.errno().equals(Errno.EINVAL);
      throw isNone ? gone(pid) : untaken(pid, e);
    }
  }

  /// A process that does not let its user look into it belongs to root here: so may one that has
  /// more rights than its user.
  private void requireCallers(int pid) {
    if (caller.role() == Caller.Role.OPERATOR) {
      return;
    }
    OptionalInt owner = proc.owner(pid);
    if (owner.isEmpty()) {
      throw gone(pid);
    }
    if (owner.getAsInt() != caller.uid()) {
      throw Refusals.forbidden("stdin_pid: process " + pid + " is not " + caller.name() + "'s");
    }
  }

  private static NodeException gone(int pid) {
    return Refusals.bad("stdin_pid: there is no process " + pid);
  }

  private static NodeException untaken(int pid, LinuxException cause) {
    return Refusals.unavailable(
        "stdin_pid: cannot have the stdin of process "
            + pid
            + ": "
            + cause.errno().explanation()
            + " (it takes Linux 5.6, CAP_SYS_PTRACE and a kernel.yama.ptrace_scope below 3):"
            + " launch it detached, or without the agent",
        cause);
  }
}
