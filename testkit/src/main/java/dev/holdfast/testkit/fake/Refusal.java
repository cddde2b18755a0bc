package dev.holdfast.testkit.fake;

import dev.holdfast.linux.Errno;
import java.io.Serial;

/// What the fake kernel answers instead of doing it.
public final class Refusal extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int code;

  public Refusal(Errno errno) {
    super(errno.name(), null, false, false);
    code = errno.code();
  }

  public Errno errno() {
    return new Errno(code);
  }
}
