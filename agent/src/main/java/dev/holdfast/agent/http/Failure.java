package dev.holdfast.agent.http;

import dev.holdfast.agent.NodeException;
import dev.holdfast.api.ErrorInfo;
import dev.holdfast.api.Json;
import dev.holdfast.isolator.IsolatorException;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;

/// What a client is told of an exception: the one place that knows.
///
/// @param code stable, for programs; see [ErrorInfo]
/// @param allow with 405, the methods that there are
record Failure(int status, String code, String message, Optional<String> allow) {
  private static final String INTERNAL = "internal error, see the agent's log";

  private Failure(int status, String code, String message) {
    this(status, code, message, Optional.empty());
  }

  static Failure of(Throwable cause) {
    return switch (cause) {
      case Refusal refusal ->
          new Failure(refusal.status(), refusal.code(), refusal.getMessage(), refusal.allow());
      case HttpException http -> ofJetty(http.getCode(), http.getReason());
      case NodeException node -> of(node);
      case IsolatorException isolator -> new Failure(409, "conflict", isolator.getMessage());
      case InterruptedException _ -> of(Refusal.stopping());
      default -> new Failure(500, "internal", INTERNAL);
    };
  }

  private static Failure of(NodeException failure) {
    String message =
        Optional.ofNullable(failure.getMessage()).orElseGet(() -> failure.kind().name());
    return switch (failure.kind()) {
      case BAD_REQUEST -> new Failure(400, "bad_request", message);
      case FORBIDDEN -> new Failure(403, "forbidden", message);
      case NOT_FOUND -> new Failure(404, "not_found", message);
      case CONFLICT -> new Failure(409, "conflict", message);
      case TOO_LARGE -> new Failure(413, "too_large", message);
      case UNAVAILABLE -> new Failure(503, "unavailable", message);
    };
  }

  /// A request that Jetty refused, before anybody of us saw it.
  ///
  /// @param reason what it says
  static Failure ofJetty(int status, @Nullable String reason) {
    return switch (status) {
      case 413 -> new Failure(413, "too_large", "the body is too large");
      case 414, 431 -> new Failure(413, "too_large", "the request's line or headers are too large");
      case 404 -> new Failure(404, "not_found", "there is no such path");
      default ->
          (status >= 400 && status < 500) || status == 501 || status == 505
              ? new Failure(400, "bad_request", "malformed request: " + reason)
              : new Failure(500, "internal", INTERNAL);
    };
  }

  /// Whether the agent is to blame, and its log should tell more.
  boolean isOurs() {
    return status == 500;
  }

  String json() {
    return json(code, message);
  }

  static String json(String code, String message) {
    return Json.format(new ErrorInfo(code, message)) + "\n";
  }
}
