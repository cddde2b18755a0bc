package dev.holdfast.api;

/// A request that was refused, or that no agent answered. The message is one sentence for the user.
public final class HoldfastException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Nobody listens on the socket.
  static final String NO_AGENT = "no_agent";

  /// The socket is not ours to use.
  static final String NO_PERMISSION = "no_permission";

  /// The agent went away before it had answered.
  static final String DISCONNECTED = "disconnected";

  /// What came is not what an agent answers.
  static final String MALFORMED = "malformed";

  private final int status;
  private final String code;

  HoldfastException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  HoldfastException(String code, String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
    this.code = code;
  }

  /// The HTTP status; 0 when there was no answer.
  public int status() {
    return status;
  }

  /// Stable, for programs: those of [ErrorInfo], and without an answer `no_agent`, `no_permission`,
  /// `disconnected` or `malformed`.
  public String code() {
    return code;
  }

  /// The sentence for the user.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// Whether the agent is away, or not ready yet, as while it is restarted.
  boolean isAbsence() {
    return status == 503 || code.equals(NO_AGENT) || code.equals(DISCONNECTED);
  }
}
