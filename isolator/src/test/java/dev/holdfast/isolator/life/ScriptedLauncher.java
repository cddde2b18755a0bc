package dev.holdfast.isolator.life;

import dev.holdfast.isolator.launcher.LauncherMessage;
import dev.holdfast.isolator.launcher.LauncherMessage.Step;
import dev.holdfast.linux.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

/// A program in the executor-launcher's place: it takes the description, says what the test wants
/// it to say, and waits to be told to quit, or ends at once.
final class ScriptedLauncher {
  private final Path directory;
  private final ByteBuffer messages = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
  private boolean endsAtOnce;
  private String before = "";

  /// @param directory where programs can be executed
  ScriptedLauncher(Path directory) {
    this.directory = directory;
  }

  ScriptedLauncher started(int leader) {
    return started(leader, Instant.EPOCH, 0);
  }

  ScriptedLauncher started(int leader, Instant at, long monotonicNanos) {
    return message(1, leader, 12345, 0, 0, nanos(at), monotonicNanos);
  }

  ScriptedLauncher failed(Step step, Errno errno) {
    return message(2, List.of(Step.values()).indexOf(step) + 1, errno.code());
  }

  ScriptedLauncher exited(int rawStatus) {
    return exited(rawStatus, Instant.EPOCH, 0);
  }

  ScriptedLauncher exited(int rawStatus, Instant at, long monotonicNanos) {
    return message(3, rawStatus, nanos(at), 0, 0, 0, 0, 0, monotonicNanos);
  }

  private static long nanos(Instant at) {
    return at.getEpochSecond() * 1_000_000_000 + at.getNano();
  }

  /// The leader has written who it is before anything is said of it.
  ///
  /// @param runs below which the one run's directory is
  ScriptedLauncher leaderIs(Path runs, int leader) {
    before =
        "echo 'launcher %d 1\nleader %d 1' >\"$(echo '%s'/*)/pids\"\n"
            .formatted(Victims.NOBODY, leader, runs);
    return this;
  }

  ScriptedLauncher thenEnds() {
    endsAtOnce = true;
    return this;
  }

  private ScriptedLauncher message(int type, int value, long... values) {
    int start = messages.position();
    messages.putInt(type).putInt(value);
    for (long it : values) {
      messages.putLong(it);
    }
    messages.position(start + LauncherMessage.SIZE);
    return this;
  }

  /// The program's file.
  Path write() {
    try {
      Path said = directory.resolve("messages");
      byte[] bytes = new byte[messages.position()];
      messages.get(0, bytes);
      Files.write(said, bytes);
      // Of the record the head will do; an order is eight bytes.
      String script =
          "#!/bin/sh\n/usr/bin/head -c 8 <&3 >/dev/null\n%s/bin/cat '%s' >&3\n%s\n"
              .formatted(before, said, endsAtOnce ? "" : "exec /bin/cat <&3 >/dev/null");
      Path program = directory.resolve("launcher");
      Files.writeString(program, script);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
