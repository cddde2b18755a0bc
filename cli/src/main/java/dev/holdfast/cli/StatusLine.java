package dev.holdfast.cli;

import dev.holdfast.cgroup.Bytes;
import dev.holdfast.cgroup.Limit;
import dev.holdfast.isolator.ExecutorSpec;
import dev.holdfast.isolator.Run;
import dev.holdfast.isolator.Usage;
import dev.holdfast.linux.Terminal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One line at the bottom of the terminal while a run lasts: cpu, memory, pids, elapsed.
///
/// The command writes to the same terminal, and we do not see what: so the last row is taken out of
/// the scrolling region, as apt does for its progress, and only while the terminal reads line by
/// line, since a full-screen program has it to itself. Appears after a few seconds, and never when
/// stderr is not a terminal. While files are fetched it tells of them, from the start.
final class StatusLine implements AutoCloseable {
  private static final int STDERR = 2;
  private static final Duration FIRST = Duration.ofSeconds(3);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration FETCHING = Duration.ofMillis(300);

  private static final String SAVE = "\0337";
  private static final String RESTORE = "\0338";

  private final Run run;
  private final ExecutorSpec spec;
  private final Streams streams;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Optional<Thread> thread;
  private final long startedNanos = System.nanoTime();
  private Optional<Terminal.Size> region = Optional.empty();
  private long lastCpuNanos;
  private long lastLookNanos = startedNanos;

  private StatusLine(Run run, ExecutorSpec spec, Streams streams) {
    this.run = run;
    this.spec = spec;
    this.streams = streams;
    thread =
        streams.isCapableTerminal()
            ? Optional.of(Thread.ofPlatform().daemon().name("status-line").start(this::draw))
            : Optional.empty();
  }

  static StatusLine start(Run run, ExecutorSpec spec, Streams streams) {
    return new StatusLine(run, spec, streams);
  }

  private void draw() {
    Duration pause = isFetching() ? FETCHING : FIRST;
    try {
      while (!ended.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        Optional<Terminal.Size> size = Terminal.size(STDERR);
        if (size.isPresent() && size.get().rows() > 2 && Terminal.isLineByLine(STDERR)) {
          show(size.get(), text());
        }
        pause = isFetching() ? FETCHING : INTERVAL;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    giveBack();
  }

  private synchronized void show(Terminal.Size size, String text) {
    StringBuilder output = new StringBuilder();
    if (!region.equals(Optional.of(size))) {
      region = Optional.of(size);
      // The line feed makes room; setting the region moves the cursor, which must stay inside it.
      output
          .append('\n')
          .append(SAVE)
          .append("\033[1;")
          .append(size.rows() - 1)
          .append('r')
          .append(RESTORE)
          .append("\033[1A");
    }
    String line = text.length() < size.columns() ? text : text.substring(0, size.columns() - 1);
    output
        .append(SAVE)
        .append("\033[")
        .append(size.rows())
        .append(";1H\033[2K")
        .append(streams.colours() ? "\033[2m" + line + "\033[0m" : line)
        .append(RESTORE);
    streams.err().print(output);
    streams.err().flush();
  }

  /// Gives the last row back; the next second takes it again.
  synchronized void giveBack() {
    if (region.isPresent()) {
      int rows = region.get().rows();
      region = Optional.empty();
      streams.err().print(SAVE + "\033[" + rows + ";1H\033[2K" + "\033[1;" + rows + "r" + RESTORE);
      streams.err().flush();
    }
  }

  private boolean isFetching() {
    return run.phase() == Run.Phase.FETCHING;
  }

  private String text() {
    return isFetching() ? FetchText.of(run.fetching()) : usageText();
  }

  private String usageText() {
    Usage usage = run.usage();
    StringBuilder text =
        new StringBuilder("holdfast ").append(Streams.printable(run.executor().toString()));
    usage.cpu().ifPresent(cpu -> text.append(" · cpu ").append(cpus(cpu.total().toNanos())));
    usage.memory().ifPresent(memory -> text.append(" · memory ").append(memory(memory, usage)));
    usage.pids().ifPresent(pids -> text.append(" · pids ").append(pids));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startedNanos);
    return text.append(" · ").append(Durations.format(elapsed)).toString();
  }

  private String cpus(long totalNanos) {
    long now = System.nanoTime();
    double used = (double) (totalNanos - lastCpuNanos) / (now - lastLookNanos);
    lastCpuNanos = totalNanos;
    lastLookNanos = now;
    return String.format(Locale.ROOT, "%.2f", used)
        + spec.limits().cpus().map(limit -> " of " + limit).orElse("");
  }

  private static String memory(Bytes memory, Usage usage) {
    Optional<Bytes> limit = usage.memoryLimit().flatMap(Limit::value);
    return limit
        .map(most -> memory + " of " + most + " (" + 100 * memory.count() / most.count() + " %)")
        .orElseGet(memory::toString);
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      if (thread.isPresent()) {
        thread.get().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
