package dev.holdfast.isolator.launcher;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.SocketPair;
import dev.holdfast.linux.UnixSocket;
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
  public Birth begin(List<String> label, Fd lock, List<Fd> stdio) {
    List<Fd> given = new ArrayList<>(List.of(lock));
    given.addAll(stdio);
    return new Forking(title(label), given);
  }

  private static byte[] title(List<String> label) {
    StringBuilder words = new StringBuilder(LauncherProgram.NAME).append('\0');
    label.forEach(word -> words.append(word).append('\0'));
    return ByteText.encode(words.toString());
  }

  /// One launcher's way into life. It tells of itself on a control socket of its own: when a server
  /// goes before that, nobody is at the other end, or one who ends without having started anything.
  private final class Forking implements Birth {
    private final byte[] title;
    private final List<Fd> given;
    private Optional<Asked> asked;

    Forking(byte[] title, List<Fd> given) {
      this.title = title;
      this.given = given;
      asked = ask(title, given);
    }

    @Override
    public Newborn await() {
      for (int attempt = 1; ; attempt++) {
        Optional<Newborn> newborn = asked.flatMap(Forking::answer);
        if (newborn.isPresent()) {
          asked = Optional.empty();
          return newborn.get();
        }
        asked.map(Asked::server).ifPresent(ForkServer.this::drop);
        close();
        if (attempt == ATTEMPTS) {
          throw new IsolatorException(
              "the fork server of the executor-launchers was killed " + ATTEMPTS + " times");
        }
        asked = ask(title, given);
      }
    }

    private static Optional<Newborn> answer(Asked asked) {
      OptionalLong answer = ForkServerProcess.answer(asked.control());
      if (answer.isEmpty()) {
        return Optional.empty();
      }
      if (answer.getAsLong() < 0) {
        throw new LinuxException(
            "clone", LauncherProgram.NAME, new Errno((int) -answer.getAsLong()));
      }
      UnixSocket.limitWaiting(asked.control(), Duration.ZERO);
      return Optional.of(new Newborn((int) answer.getAsLong(), false, asked.control()));
    }

    @Override
    public void close() {
      asked.map(Asked::control).ifPresent(Fd::close);
      asked = Optional.empty();
    }
  }

  /// @param control on which the launcher is to tell its pid
  private record Asked(ForkServerProcess server, Fd control) {}

  /// Empty when the process has gone.
  private synchronized Optional<Asked> ask(byte[] title, List<Fd> given) {
    if (closed) {
      throw new IsolatorException("the cgroups' root has been let go of");
    }
    if (process.isEmpty()) {
      process = ForkServerProcess.start(program.get(), launchers, patience);
    }
    Optional<Asked> asked = process.flatMap(server -> ask(server, title, given));
    if (asked.isEmpty()) {
      process.ifPresent(this::drop);
    }
    return asked;
  }

  private Optional<Asked> ask(ForkServerProcess server, byte[] title, List<Fd> given) {
    SocketPair sockets = SocketPair.create();
    Optional<Asked> asked = Optional.empty();
    try {
      UnixSocket.limitWaiting(sockets.ours(), patience);
      List<Fd> all = new ArrayList<>(List.of(sockets.theirs()));
      all.addAll(given);
      if (server.fork(title, all)) {
        asked = Optional.of(new Asked(server, sockets.ours()));
      }
      return asked;
    } finally {
      sockets.theirs().close();
      if (asked.isEmpty()) {
        sockets.ours().close();
      }
    }
  }

  /// The next launch starts another, if that is still the one.
  private synchronized void drop(ForkServerProcess gone) {
    if (process.filter(gone::equals).isPresent()) {
      gone.close();
      process = Optional.empty();
    }
  }

  /// Ends the process. Its launchers go on.
  @Override
  public synchronized void close() {
    closed = true;
    process.ifPresent(ForkServerProcess::close);
    process = Optional.empty();
  }
}
