package dev.holdfast.agent.http;

import java.util.Optional;

/// A request that the server itself refuses, in one sentence for the client.
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String allow;

  private Refusal(int status, String code, String message, String allow) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.allow = allow;
  }

  static Refusal badRequest(String message) {
    return new Refusal(400, "bad_request", message, "");
  }

  static Refusal forbidden(String message) {
    return new Refusal(403, "forbidden", message, "");
  }

  static Refusal notFound(String message) {
    return new Refusal(404, "not_found", message, "");
  }

  /// @param allow the methods that there are
  static Refusal method(String method, String allow) {
    return new Refusal(405, "method_not_allowed", method + " is not done here: " + allow, allow);
  }

  static Refusal tooLarge(String message) {
    return new Refusal(413, "too_large", message, "");
  }

  static Refusal stopping() {
    return new Refusal(503, "unavailable", "the agent is stopping", "");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /// What the header `Allow` is to say.
  Optional<String> allow() {
    return allow.isEmpty() ? Optional.empty() : Optional.of(allow);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
