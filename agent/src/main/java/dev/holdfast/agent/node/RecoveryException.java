package dev.holdfast.agent.node;

/// The agent cannot start on what an earlier one has left, in one sentence that says what to do.
public final class RecoveryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RecoveryException(String message) {
    super(message);
  }

  RecoveryException(String message, Throwable cause) {
    super(message, cause);
  }
}
