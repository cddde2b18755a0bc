package dev.holdfast.isolator.life;

import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.WaitStatus;
import dev.holdfast.linux.proc.PidStat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an executor-launcher has written in a run's directory. A file that is missing, empty, torn
/// or of another form is absent: its writer may have been killed at any moment.
///
/// @param pids absent when the leader never ran
/// @param ended absent while the leader lives, and when nobody saw its end
record RunFiles(Optional<Pids> pids, Optional<Ended> ended) {
  private static final int ENTRY = 3;

  /// @param leaderStart in clock ticks since boot: with it a process is told from a later one of
  ///   the same pid
  record Pids(int launcher, long launcherStart, int leader, long leaderStart) {
    /// How long ago the leader was started.
    Duration age(Duration sinceBoot) {
      return sinceBoot.minusMillis(leaderStart * 1000 / PidStat.TICKS_PER_SECOND);
    }
  }

  /// How the leader ended.
  record Ended(WaitStatus status, Instant at, Instant started, Duration took) {}

  static RunFiles read(Path directory) {
    return new RunFiles(pids(directory.resolve("pids")), ended(directory.resolve("status")));
  }

  private static Optional<Pids> pids(Path file) {
    int launcher = 0;
    int leader = 0;
    long launcherStart = 0;
    long leaderStart = 0;
    try {
      for (String line : lines(file)) {
        String[] words = line.split(" ", -1);
        if (words.length != ENTRY) {
          return Optional.empty();
        }
        int pid = Integer.parseInt(words[1]);
        long start = Long.parseLong(words[2]);
        if (words[0].equals("launcher")) {
          launcher = pid;
          launcherStart = start;
        } else if (words[0].equals("leader")) {
          leader = pid;
          leaderStart = start;
        }
      }
    } catch (RuntimeException unreadable) {
      return Optional.empty();
    }
    return launcher > 0 && leader > 0
        ? Optional.of(new Pids(launcher, launcherStart, leader, leaderStart))
        : Optional.empty();
  }

  private static Optional<Ended> ended(Path file) {
    Map<String, Long> numbers = new HashMap<>();
    try {
      for (String line : lines(file)) {
        int blank = line.indexOf(' ');
        numbers.put(line.substring(0, blank), Long.valueOf(line.substring(blank + 1)));
      }
      Long status = numbers.get("wait_status");
      Long at = numbers.get("ended_realtime_ns");
      // The last line: a file without it is torn.
      if (status == null || at == null || at <= 0 || !numbers.containsKey("log_dropped_bytes")) {
        return Optional.empty();
      }
      return Optional.of(
          new Ended(
              new WaitStatus(Math.toIntExact(status)),
              instant(at),
              instant(numbers.getOrDefault("started_realtime_ns", at)),
              Duration.ofNanos(numbers.getOrDefault("took_ns", 0L))));
    } catch (RuntimeException unreadable) {
      return Optional.empty();
    }
  }

  /// None of a file whose last line is torn.
  ///
  /// @throws LinuxException when there is no file
  private static List<String> lines(Path file) {
    String text = ControlFile.read(file);
    return text.endsWith("\n") ? text.lines().toList() : List.of();
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
  }
}
