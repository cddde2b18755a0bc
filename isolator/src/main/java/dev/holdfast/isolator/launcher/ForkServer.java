package dev.holdfast.isolator.launcher;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.SocketPair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Has launchers cloned from one process that is in the launchers' cgroup already, which spares
/// each the exec and the way there. What suits a process with many runs.
///
/// It is started with the first launcher. Nothing depends on its life but the next launch, which
/// starts another when it has gone or stands still. Thread-safe.
public final class ForkServer implements LauncherSource, AutoCloseable {
  private static final int ATTEMPTS = 3;

  /// One that does not answer for so long has been stopped.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<Path> program;
  private final Cgroup.Entry launchers;
  private final Duration patience;
  private Optional<ForkServerProcess> process = Optional.empty();
  private boolean closed;

  /// @param launchers how it enters the launchers' cgroup, which has to stay until the end
  public ForkServer(Supplier<Path> program, Cgroup.Entry launchers) {
    this(program, launchers, PATIENCE);
  }

  /// @param patience with one that does not answer
  ForkServer(Supplier<Path> program, Cgroup.Entry launchers, Duration patience) {
    this.program = program;
    this.launchers = launchers;
    this.patience = patience;
  }

  @Override
  public Newborn start(List<String> label, Fd lock, List<Fd> stdio) {
    byte[] title = title(label);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Newborn> newborn = tryStart(title, lock, stdio);
      if (newborn.isPresent()) {
        return newborn.get();
      }
    }
    throw new IsolatorException(
        "the fork server of the executor-launchers was killed " + ATTEMPTS + " times");
  }

  private static byte[] title(List<String> label) {
    StringBuilder words = new StringBuilder(LauncherProgram.NAME).append('\0');
    label.forEach(word -> words.append(word).append('\0'));
    return ByteText.encode(words.toString());
  }

  /// With a control socket of its own: should a server go between a clone and its answer, then
  /// nobody is at the other end of that launcher's, which ends without having started anything.
  private Optional<Newborn> tryStart(byte[] title, Fd lock, List<Fd> stdio) {
    SocketPair sockets = SocketPair.create();
    Optional<Newborn> newborn = Optional.empty();
    try {
      List<Fd> given = new ArrayList<>(List.of(sockets.theirs(), lock));
      given.addAll(stdio);
      OptionalLong answer = ask(title, given);
      if (answer.isPresent()) {
        newborn = Optional.of(new Newborn(pid(answer.getAsLong()), false, sockets.ours()));
      }
      return newborn;
    } finally {
      sockets.theirs().close();
      if (newborn.isEmpty()) {
        sockets.ours().close();
      }
    }
  }

  private static int pid(long answer) {
    if (answer < 0) {
      throw new LinuxException("clone", LauncherProgram.NAME, new Errno((int) -answer));
    }
    return (int) answer;
  }

  /// Empty when the process has gone.
  private synchronized OptionalLong ask(byte[] title, List<Fd> given) {
    if (closed) {
      throw new IsolatorException("the cgroups' root has been let go of");
    }
    if (process.isEmpty()) {
      process = ForkServerProcess.start(program.get(), launchers, patience);
    }
    if (process.isEmpty()) {
      return OptionalLong.empty();
    }
    OptionalLong answer = process.get().fork(title, given);
    if (answer.isEmpty()) {
      process.get().close();
      process = Optional.empty();
    }
    return answer;
  }

  /// Ends the process. Its launchers go on.
  @Override
  public synchronized void close() {
    closed = true;
    process.ifPresent(ForkServerProcess::close);
    process = Optional.empty();
  }
}
