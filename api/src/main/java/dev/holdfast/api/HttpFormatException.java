package dev.holdfast.api;

import java.io.IOException;

/// What the other side says is not HTTP.
final class HttpFormatException extends IOException {
  private static final long serialVersionUID = 1;

  HttpFormatException(String message) {
    super(message);
  }
}
