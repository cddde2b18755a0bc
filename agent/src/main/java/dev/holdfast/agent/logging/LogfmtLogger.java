package dev.holdfast.agent.logging;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// What slf4j hands to [Logging]. Of its own, since the JDK's log looks through the stack for who
/// logs, which takes longer than the line.
@SuppressWarnings("serial") // loggers are serializable by slf4j's will, and never are
final class LogfmtLogger extends LegacyAbstractLogger {
  LogfmtLogger(String name) {
    this.name = name;
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null; // nobody asks for it
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable cause) {
    Logging.write(
        level, MessageFormatter.basicArrayFormat(message, arguments), Optional.ofNullable(cause));
  }

  @Override
  public boolean isTraceEnabled() {
    return Logging.tells(name, Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return Logging.tells(name, Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return Logging.tells(name, Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return Logging.tells(name, Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return Logging.tells(name, Level.ERROR);
  }
}
