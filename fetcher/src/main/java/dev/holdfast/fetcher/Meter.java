package dev.holdfast.fetcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Counts bytes, tells of them, and notices when none come any more.
///
/// The bytes are counted by the thread that fetches; a daemon thread of its own looks at them. What
/// is told are lines of fields between tabs:
///
/// ```
/// fetch    INDEX  BYTES  TOTAL    TOTAL is -1 when it is not known
/// extract  INDEX  BYTES
/// failed   INDEX  REASON
/// done
/// ```
final class Meter {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final long UNKNOWN = -1;

  private final PrintStream out;
  private final long sizeLimit;
  private final Duration stallTimeout;

  /// What the look compares with what it saw before.
  private record Count(int index, boolean extracting, long bytes, long total, long all) {}

  private volatile Count count = new Count(0, false, 0, UNKNOWN, 0);
  private boolean ended;

  /// @param out where the lines go
  Meter(PrintStream out, Job job) {
    this.out = out;
    sizeLimit = job.sizeLimit();
    stallTimeout = job.stallTimeout();
  }

  /// Begins to look.
  ///
  /// @param stalled called once, with the reason, when no byte has come for the time given
  void start(Consumer<String> stalled) {
    Thread.ofPlatform().daemon().name("meter").start(() -> look(stalled));
  }

  /// By turns, not by the clock: a process that has been frozen has not been waiting.
  private void look(Consumer<String> stalled) {
    Duration turn = LOOK.compareTo(stallTimeout) < 0 ? LOOK : stallTimeout;
    long turns = Math.max(1, stallTimeout.dividedBy(turn));
    Count last = count;
    tell(last);
    long idle = 0;
    while (idle < turns) {
      LockSupport.parkNanos(turn.toNanos());
      Count now = count;
      if (now.equals(last)) {
        idle++;
      } else {
        tell(now);
        last = now;
        idle = 0;
      }
    }
    stalled.accept(
        last.extracting
            ? "extracting it made no progress for " + text(stallTimeout)
            : "no byte came for " + text(stallTimeout));
  }

  private static String text(Duration time) {
    long millis = time.toMillis();
    return millis % TimeUnit.SECONDS.toMillis(1) == 0
        ? TimeUnit.MILLISECONDS.toSeconds(millis) + " s"
        : millis + " ms";
  }

  private void tell(Count now) {
    say(
        now.extracting
            ? "extract\t" + now.index + "\t" + now.bytes
            : "fetch\t" + now.index + "\t" + now.bytes + "\t" + now.total);
  }

  private synchronized void say(String line) {
    if (!ended) {
      out.print(line + "\n");
      out.flush();
    }
  }

  /// The next file.
  void next(int index) {
    count = new Count(index, false, 0, UNKNOWN, count.all);
  }

  /// How many bytes the file has.
  ///
  /// @throws FetchException when they are too many
  void total(long bytes) throws FetchException {
    if (bytes > sizeLimit - count.all) {
      throw tooLarge();
    }
    Count now = count;
    count = new Count(now.index, false, now.bytes, bytes, now.all);
  }

  /// What comes from now on is out of an archive.
  void extracting() {
    Count now = count;
    count = new Count(now.index, true, 0, UNKNOWN, now.all);
  }

  /// @throws FetchException when they are too many
  void add(long bytes) throws FetchException {
    Count now = count;
    count = new Count(now.index, now.extracting, now.bytes + bytes, now.total, now.all + bytes);
    if (count.all > sizeLimit) {
      throw tooLarge();
    }
  }

  long bytes() {
    return count.bytes;
  }

  int index() {
    return count.index;
  }

  /// How many bytes may still come.
  long left() {
    return sizeLimit - count.all;
  }

  private FetchException tooLarge() {
    return new FetchException("it is more than the limit of " + sizeLimit + " bytes in all");
  }

  /// The last word.
  void failed(String reason) {
    last("failed\t" + count.index + "\t" + reason.replaceAll("\\p{Cntrl}+", " ").strip());
  }

  /// The last word.
  void done() {
    last("done");
  }

  private synchronized void last(String line) {
    say(line);
    ended = true;
  }
}
