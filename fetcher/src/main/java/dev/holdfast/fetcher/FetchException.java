package dev.holdfast.fetcher;

import java.io.Serial;

/// Why a file could not be brought: to follow "cannot fetch … : ".
final class FetchException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  FetchException(String message) {
    super(message);
  }

  FetchException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
