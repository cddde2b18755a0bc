package dev.holdfast.agent.logging;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Sends the log to stderr: our own from info on, libraries' from warnings on.
public final class Logging {
  // Held, since the log manager holds its loggers weakly.
  private static final Logger OURS = Logger.getLogger("dev.holdfast");

  private Logging() {}

  /// @param debug whether to tell more, with stack traces
  public static void start(boolean debug) {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new LogfmtFormatter(debug));
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    OURS.setLevel(debug ? Level.FINE : Level.INFO);
  }

  /// A line of a process that is being ended: by then the log manager may have closed the log.
  public static void last(LogLine line) {
    System.err.print(new LogfmtFormatter(false).format(new LogRecord(Level.INFO, line.toString())));
    System.err.flush();
  }
}
