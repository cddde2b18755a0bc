package dev.holdfast.agent.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// One line a record: `2026-01-02T03:04:05.006Z level=info msg="…" run=…`.
public final class LogfmtFormatter extends Formatter {
  private final boolean traces;

  /// @param traces whether stack traces follow their lines
  public LogfmtFormatter(boolean traces) {
    this.traces = traces;
  }

  @Override
  public String format(LogRecord record) {
    String message = formatMessage(record);
    StringBuilder line =
        new StringBuilder()
            .append(record.getInstant().truncatedTo(ChronoUnit.MILLIS))
            .append(" level=")
            .append(level(record.getLevel()))
            .append(' ')
            .append(message.startsWith("msg=") ? message : LogLine.of(message));
    Throwable cause = record.getThrown();
    if (cause != null) {
      line.append(' ').append(cause(cause));
    }
    line.append('\n');
    if (cause != null && traces) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }

  private static String cause(Throwable cause) {
    // The key alone: the quoting is the line's.
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return LogLine.of("").with("cause", message).toString().substring("msg=\"\" ".length());
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
  }
}
