package dev.holdfast.isolator.launcher;

import dev.holdfast.linux.Errno;
import dev.holdfast.linux.WaitStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;

/// What executor-launcher tells the holder of its control socket.
public sealed interface LauncherMessage {
  /// The size of each on the wire: two 32-bit and seven 64-bit numbers.
  int SIZE = 64;

  // Offsets of the values that are not read in order.
  int REALTIME_OF_STARTED = 8 + 3 * 8;
  int MONOTONIC_OF_STARTED = 8 + 4 * 8;
  int MONOTONIC_OF_EXITED = 8 + 6 * 8;

  /// `MAX_ERRNO`, include/linux/err.h.
  int LARGEST_ERRNO = 4095;

  /// The pid under which the launcher goes on after it has moved to its cgroup; 0 when the message
  /// does not tell it.
  default int launcher() {
    return 0;
  }

  /// The program runs.
  ///
  /// @param monotonicNanos when, by CLOCK_MONOTONIC
  record Started(int leader, long leaderStartTicks, int launcher, Instant at, long monotonicNanos)
      implements LauncherMessage {}

  /// The leader could not be started; after [Started]: the launcher could not do a part of its
  /// work.
  record Failed(Step step, Errno errno, int launcher) implements LauncherMessage {}

  /// The leader has ended.
  ///
  /// @param monotonicNanos when, by CLOCK_MONOTONIC
  record Exited(WaitStatus status, Instant ended, long monotonicNanos) implements LauncherMessage {}

  /// A step of the launch, by its number on the wire.
  enum Step {
    RECORD("read the launch description"),
    LAUNCHER_CGROUP("enter the launchers' cgroup"),
    CLONE("create the process"),
    SESSION("make a session"),
    CGROUP("enter the cgroup"),
    PIDS("write the pids file in the run's directory"),
    STDIO("set up stdin, stdout and stderr"),
    RESOURCE_LIMIT("set a resource limit"),
    GROUPS("set the supplementary groups"),
    GID("set the group"),
    UID("set the user"),
    WORK_DIRECTORY("enter the working directory"),
    NO_NEW_PRIVILEGES("give up new privileges"),
    EXEC("execute the program"),
    LOG("open a log file"),
    STATUS("write the status file in the run's directory"),
    DOOR("open its socket in the run's directory");

    private final String action;

    Step(String action) {
      this.action = action;
    }

    /// What the step does, to follow "cannot".
    public String action() {
      return action;
    }
  }

  /// Reads one message; empty for one that is not known here.
  ///
  /// @param bytes [#SIZE] of them
  static Optional<LauncherMessage> decode(byte[] bytes) {
    ByteBuffer message = ByteBuffer.wrap(bytes, 0, SIZE).order(ByteOrder.nativeOrder());
    int type = message.getInt();
    int value = message.getInt();
    long first = message.getLong();
    long second = message.getLong();
    return switch (type) {
      case 1 ->
          Optional.of(
              new Started(
                  value,
                  first,
                  (int) second,
                  instant(message.getLong(REALTIME_OF_STARTED)),
                  message.getLong(MONOTONIC_OF_STARTED)));
      case 2 ->
          value >= 1 && value <= Step.values().length && first > 0 && first <= LARGEST_ERRNO
              ? Optional.of(
                  new Failed(Step.values()[value - 1], new Errno((int) first), (int) second))
              : Optional.empty();
      case 3 ->
          Optional.of(
              new Exited(
                  new WaitStatus(value), instant(first), message.getLong(MONOTONIC_OF_EXITED)));
      default -> Optional.empty();
    };
  }

  private static Instant instant(long realtimeNanos) {
    return Instant.ofEpochSecond(
        realtimeNanos / 1_000_000_000, Math.floorMod(realtimeNanos, 1_000_000_000));
  }
}
