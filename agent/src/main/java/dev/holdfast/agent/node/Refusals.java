package dev.holdfast.agent.node;

import dev.holdfast.agent.NodeException;
import dev.holdfast.agent.NodeException.Kind;

/// Short words for what cannot be done.
final class Refusals {
  private Refusals() {}

  static NodeException bad(String message) {
    return new NodeException(Kind.BAD_REQUEST, message);
  }

  static NodeException bad(RuntimeException cause) {
    return new NodeException(Kind.BAD_REQUEST, String.valueOf(cause.getMessage()), cause);
  }

  static NodeException forbidden(String message) {
    return new NodeException(Kind.FORBIDDEN, message);
  }

  static NodeException notFound(String id) {
    return new NodeException(Kind.NOT_FOUND, "there is no run '" + id + "'");
  }

  /// No name, and no beginning of an id that could be one.
  static NodeException tooShort(String id, int shortest) {
    return new NodeException(
        Kind.NOT_FOUND,
        "there is no run '"
            + id
            + "': of a run's UUID it takes the first "
            + shortest
            + " characters or more");
  }

  static NodeException conflict(String message) {
    return new NodeException(Kind.CONFLICT, message);
  }

  static NodeException unavailable(String message, Throwable cause) {
    return new NodeException(Kind.UNAVAILABLE, message, cause);
  }
}
