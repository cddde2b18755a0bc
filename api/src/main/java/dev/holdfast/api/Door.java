package dev.holdfast.api;

import dev.holdfast.api.HttpExchange.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Asks the agent behind one socket, and says in a sentence why that fails. Thread-safe.
final class Door {
  private final Path socket;
  private final Duration patience;
  private volatile boolean met;

  /// @param patience how long a call that only waits puts up with an agent that is away
  Door(Path socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  Path socket() {
    return socket;
  }

  /// Whether there has been an agent, even if it did not answer.
  boolean hasMet() {
    return met;
  }

  /// @return an answer that is not an error
  HttpExchange ask(Request request) {
    try {
      HttpExchange exchange = HttpExchange.send(socket, request);
      met = true;
      if (exchange.status() / 100 != 2) {
        try (exchange) {
          throw refusal(exchange);
        }
      }
      return exchange;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  <T> T parse(String text, Class<T> type) {
    try {
      return Json.read(text, type);
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  <T> List<T> parseList(String text, Class<T> type) {
    try {
      return Json.readList(text, type);
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /// The answer's text.
  String text(Request request) {
    try (HttpExchange exchange = ask(request)) {
      return exchange.text();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private HoldfastException refusal(HttpExchange exchange) throws IOException {
    int status = exchange.status();
    String text = exchange.text();
    try {
      ErrorInfo error = Json.read(text, ErrorInfo.class);
      if (error.code() != null && error.message() != null) {
        return new HoldfastException(status, error.code(), error.message());
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    return new HoldfastException(
        status, HoldfastException.MALFORMED, "the agent on " + socket + " answered HTTP " + status);
  }

  HoldfastException failure(IOException e) {
    if (e instanceof HttpExchange.ConnectionException unreached) {
      return unreachable(unreached.reason());
    }
    if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
      return new HoldfastException("interrupted", "interrupted", e);
    }
    if (e instanceof HttpFormatException) {
      return malformed(e);
    }
    met = true;
    return new HoldfastException(
        HoldfastException.DISCONNECTED,
        "the agent on " + socket + " went away before it had answered",
        e);
  }

  HoldfastException malformed(Exception e) {
    return new HoldfastException(
        HoldfastException.MALFORMED,
        "what listens on " + socket + " is no agent of Holdfast: " + e.getMessage(),
        e);
  }

  private HoldfastException unreachable(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return failure(e);
    }
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("Permission denied")) {
      return new HoldfastException(
          HoldfastException.NO_PERMISSION,
          "no permission for the agent's socket "
              + socket
              + ": be root, or a member of the group that owns it",
          e);
    }
    if (e instanceof ConnectException || !Files.exists(socket)) {
      return new HoldfastException(
          HoldfastException.NO_AGENT,
          "no agent listens on " + socket + ": start one with holdfast agent",
          e);
    }
    return new HoldfastException(
        HoldfastException.MALFORMED, "cannot connect to " + socket + ": " + reason, e);
  }

  Reconnection reconnection() {
    return new Reconnection(patience, this::hasMet);
  }
}
