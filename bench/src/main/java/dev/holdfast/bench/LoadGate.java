package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// Finds out whether others use the machine: from time to time nothing of ours runs for a moment,
/// and whatever is used then is theirs.
final class LoadGate {
  /// CPUs; more than this, and a figure is not one.
  static final double MOST_FOREIGN = 0.10;

  private static final Duration PAUSE = Duration.ofMillis(60);
  private static final Duration BETWEEN = Duration.ofMillis(600);
  private static final double SECONDS_PER_TICK = 0.01;
  private static final int IDLE = 4;
  private static final int IOWAIT = 5;
  private static final int STEAL = 8;

  private static final Pattern SPACES = Pattern.compile(" +");

  private double busy;
  private double watched;
  private long next = System.nanoTime();

  void lookSometimes() throws IOException, InterruptedException {
    if (System.nanoTime() >= next) {
      look();
    }
  }

  void look() throws IOException, InterruptedException {
    double before = ticks();
    long begin = System.nanoTime();
    Thread.sleep(PAUSE);
    busy += (ticks() - before) * SECONDS_PER_TICK;
    watched += (System.nanoTime() - begin) / 1e9;
    next = System.nanoTime() + BETWEEN.toNanos();
  }

  /// CPUs that others used.
  double foreign() {
    return busy / watched;
  }

  private static double ticks() throws IOException {
    List<String> all =
        SPACES.splitAsStream(Files.readAllLines(Path.of("/proc/stat")).getFirst()).toList();
    double ticks = 0;
    for (int i = 1; i <= STEAL; i++) {
      if (i != IDLE && i != IOWAIT) {
        ticks += Long.parseLong(all.get(i));
      }
    }
    return ticks;
  }
}
