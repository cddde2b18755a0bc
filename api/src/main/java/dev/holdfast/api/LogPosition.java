package dev.holdfast.api;

import java.util.Arrays;

/// How far a log has been read: how many bytes from its beginning, and what the last of them were.
final class LogPosition {
  private static final int WINDOW = 16 << 10;

  private final byte[] window = new byte[WINDOW];
  private int held;
  private long count;

  /// So many more bytes have been read.
  void advance(byte[] bytes, int offset, int length) {
    int kept = Math.min(length, WINDOW);
    int old = Math.min(held, WINDOW - kept);
    System.arraycopy(window, held - old, window, 0, old);
    System.arraycopy(bytes, offset + length - kept, window, old, kept);
    held = old + kept;
    count += length;
  }

  /// All of `log` has been read.
  void jump(byte[] log) {
    held = 0;
    count = 0;
    advance(log, 0, log.length);
  }

  /// The index in `log`, which begins elsewhere if files have been rotated away, of the first byte
  /// that has not been read.
  int in(byte[] log) {
    if (count <= log.length && endsAt(log, (int) count)) {
      return (int) count;
    }
    for (int end = log.length; end >= held; end--) {
      if (endsAt(log, end)) {
        return end;
      }
    }
    return 0;
  }

  private boolean endsAt(byte[] log, int end) {
    return end >= held && Arrays.equals(log, end - held, end, window, 0, held);
  }

  /// The index of the first of the last `lines` lines.
  static int tail(byte[] log, long lines) {
    long wanted = lines;
    int start = log.length;
    while (start > 0 && wanted > 0) {
      start--;
      while (start > 0 && log[start - 1] != '\n') {
        start--;
      }
      wanted--;
    }
    return start;
  }
}
