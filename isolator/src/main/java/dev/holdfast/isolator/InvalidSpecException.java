package dev.holdfast.isolator;

import java.io.Serial;

/// A run that this host cannot give what was asked for: it could not be started later, either.
public final class InvalidSpecException extends IsolatorException {
  @Serial private static final long serialVersionUID = 1L;

  public InvalidSpecException(String message) {
    super(message);
  }
}
