package dev.holdfast.agent.logging;

import dev.holdfast.linux.Fd;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.event.Level;

/// The log on stderr: one line each, `2026-01-02T03:04:05.006Z level=info msg="…" run=…`; our own
/// from info on, libraries' from warnings on. Thread-safe.
public final class Logging {
  private static final String OURS = "dev.holdfast.";

  /// Not by [System#err], which has another thread woken for each line of a virtual one, should the
  /// write block.
  private static final Lines STDERR = new Lines(Fd.standardStreams().getLast());

  private static volatile boolean debug;

  private Logging() {}

  /// @param more whether to tell more, with stack traces
  public static void start(boolean more) {
    debug = more;
  }

  static boolean tells(String logger, Level level) {
    Level least = !logger.startsWith(OURS) ? Level.WARN : debug ? Level.DEBUG : Level.INFO;
    return level.toInt() >= least.toInt();
  }

  static void write(Level level, String message, Optional<Throwable> cause) {
    STDERR.write(format(Instant.now(), level, message, cause, debug));
  }

  /// A line of a process that is being ended.
  public static void last(LogLine line) {
    STDERR.write(format(Instant.now(), Level.INFO, line.toString(), Optional.empty(), false));
  }

  /// @param traces whether a stack trace follows the line
  static String format(
      Instant time, Level level, String message, Optional<Throwable> cause, boolean traces) {
    StringBuilder line =
        new StringBuilder(256)
            .append(time.truncatedTo(ChronoUnit.MILLIS))
            .append(" level=")
            .append(level.name().toLowerCase(Locale.ROOT))
            .append(' ')
            .append(message.startsWith("msg=") ? message : LogLine.of(message));
    cause.ifPresent(it -> line.append(' ').append(cause(it)));
    line.append('\n');
    if (traces) {
      cause.ifPresent(it -> line.append(trace(it)));
    }
    return line.toString();
  }

  private static String cause(Throwable cause) {
    // The key alone: the quoting is the line's.
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return LogLine.of("").with("cause", message).toString().substring("msg=\"\" ".length());
  }

  private static StringWriter trace(Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    return trace;
  }
}
