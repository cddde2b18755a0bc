package dev.holdfast.agent;

/// A request that cannot be served; the message is one sentence for the user.
public final class NodeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  /// Whose fault it is.
  public enum Kind {
    /// The request makes no sense.
    BAD_REQUEST,
    /// The caller may not.
    FORBIDDEN,
    /// There is no such run.
    NOT_FOUND,
    /// Not in the state that the run or the node is in.
    CONFLICT,
    /// The request is too large.
    TOO_LARGE,
    /// Not now: the node cannot.
    UNAVAILABLE
  }

  public NodeException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public NodeException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
