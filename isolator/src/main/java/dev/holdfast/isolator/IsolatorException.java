package dev.holdfast.isolator;

import java.io.Serial;

/// A run that could not be started, or an operation on one that could not be done, in one sentence
/// for the user. Nothing is left half done.
public sealed class IsolatorException extends RuntimeException permits InvalidSpecException {
  @Serial private static final long serialVersionUID = 1L;

  public IsolatorException(String message) {
    super(message);
  }

  public IsolatorException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The sentence for the user.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
