package dev.holdfast.cli;

import java.io.Serial;

/// Words on the command line that do not fit, in one sentence that names them and what would be
/// right.
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The sentence for the user.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
