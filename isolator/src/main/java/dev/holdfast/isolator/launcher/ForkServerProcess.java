package dev.holdfast.isolator.launcher;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import dev.holdfast.linux.SocketPair;
import dev.holdfast.linux.Spawn;
import dev.holdfast.linux.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One process in the role of `forkserver.c`, and the socket to it. Not thread-safe.
final class ForkServerProcess implements AutoCloseable {
  private static final String ROLE = "fork-server";

  /// LONGEST_TITLE of `forkserver.c`.
  private static final int LONGEST_TITLE = 320;

  private final int pid;
  private final Fd socket;

  private ForkServerProcess(int pid, Fd socket) {
    this.pid = pid;
    this.socket = socket;
  }

  /// Starts one; empty when it has been killed before it served.
  ///
  /// @throws LinuxException when the program cannot be executed
  /// @throws IsolatorException when it cannot enter the launchers' cgroup
  static Optional<ForkServerProcess> start(
      Path program, Cgroup.Entry launchers, Duration patience) {
    SocketPair sockets = SocketPair.ofMessages();
    int spawned;
    try {
      spawned = Spawn.start(program, arguments(launchers), List.of(sockets.theirs()));
    } catch (LinuxException e) {
      sockets.close();
      throw e;
    }
    sockets.theirs().close();
    UnixSocket.limitWaiting(sockets.ours(), patience);
    OptionalLong answer = answer(sockets.ours());
    int serving = (int) answer.orElse(0);
    if (serving <= 0) {
      new ForkServerProcess(spawned, sockets.ours()).close();
    }
    if (serving < 0) {
      throw new IsolatorException(
          "executor-launcher cannot enter the launchers' cgroup: "
              + new Errno(-serving).explanation());
    }
    if (serving > 0 && serving != spawned) {
      reap(spawned); // it has been cloned into the cgroup2
    }
    return serving > 0
        ? Optional.of(new ForkServerProcess(serving, sockets.ours()))
        : Optional.empty();
  }

  private static List<String> arguments(Cgroup.Entry launchers) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                LauncherProgram.NAME,
                ROLE,
                " ".repeat(LONGEST_TITLE),
                launchers.cloneInto().map(Path::toString).orElse("")));
    launchers.tasksFiles().forEach(file -> arguments.add(file.toString()));
    return arguments;
  }

  /// Has a launcher cloned, which tells of itself on its control socket; `false` when the process
  /// has gone.
  ///
  /// @param title the launcher's arguments, each with a NUL
  /// @param given its control socket, the lock file, stdin, stdout and stderr
  boolean fork(byte[] title, List<Fd> given) {
    try {
      UnixSocket.send(socket, title, given);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.EPIPE)) {
        return false;
      }
      throw e;
    }
  }

  /// A pid, or a negative errno; empty when nobody is there to tell, or who is stands still.
  static OptionalLong answer(Fd socket) {
    byte[] bytes = new byte[Long.BYTES];
    try {
      return socket.read(bytes) == bytes.length
          ? OptionalLong.of(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong())
          : OptionalLong.empty();
    } catch (LinuxException e) {
      if (e.is(Errno.EAGAIN) || e.is(Errno.ECONNRESET)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /// Ends it, also if it stands still: it has nothing to lose.
  @Override
  public void close() {
    // A child that has not been reaped keeps its pid.
    boolean _ = Processes.kill(pid, Signal.KILL);
    socket.close();
    reap(pid);
  }

  private static void reap(int pid) {
    try {
      Processes.await(pid);
    } catch (LinuxException reapedElsewhere) {
      return; // ECHILD: the host program waits for any child; all we want is that none is left
    }
  }
}
