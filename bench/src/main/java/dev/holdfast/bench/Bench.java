package dev.holdfast.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What all topics share: where things are, and what is to be closed at the end.
public final class Bench implements Closeable {
  private final Path checkout;
  private final Path work;
  private final boolean quick;
  private final Deque<Closeable> open = new ArrayDeque<>();

  /// @param work a directory of this run's own, with the programs in `floor`
  Bench(Path checkout, Path work, boolean quick) {
    this.checkout = checkout;
    this.work = work;
    this.quick = quick;
  }

  public boolean isQuick() {
    return quick;
  }

  /// A path in the work directory.
  public Path file(String name) {
    return work.resolve(name);
  }

  public Path checkout() {
    return checkout;
  }

  /// How long a topic takes turns.
  public Duration patience(double seconds) {
    return Duration.ofMillis(Math.round(1000 * (quick ? seconds / 5 : seconds)));
  }

  /// The first number in a full run, the second in a quick one.
  public int choose(int full, int ifQuick) {
    return quick ? ifQuick : full;
  }

  /// A program of `bench/floor`, until the end of the run.
  public Helper helper(String name, List<String> arguments) throws IOException {
    return keep(Helper.start(work.resolve("floor"), name, arguments));
  }

  /// Times a whole command from outside.
  public Helper spawn(String... command) throws IOException {
    return helper("spawn", List.of(command));
  }

  /// The same, where the cgroup2 tree of a hybrid host is out of sight: crun takes only plain v1 or
  /// plain v2.
  public Helper spawnOnPlainV1(String... command) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"",
                "sh",
                work.resolve("floor/spawn").toString()));
    all.addAll(List.of(command));
    return keep(Helper.start(all));
  }

  /// A program for runs to run.
  public String victim() {
    return work.resolve("rootfs/bin/victim").toString();
  }

  public <T extends Closeable> T keep(T it) {
    open.push(it);
    return it;
  }

  /// Whether a program is installed.
  public static boolean has(String program) {
    for (String directory : List.of("/usr/bin", "/usr/sbin", "/usr/local/bin")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
