package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.Pressure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Lines like `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`. That of `full` is not there for the
/// CPU before Linux 5.13.
final class PressureText {
  private static final byte[] SOME = "some ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FULL = "full ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AVERAGE = "avg10=".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOTAL = "total=".getBytes(StandardCharsets.US_ASCII);

  private PressureText() {}

  /// Empty when the text has another form.
  static Optional<Pressure> parse(byte[] text, int end) {
    int some = line(text, end, SOME);
    if (some < 0) {
      return Optional.empty();
    }
    long average = hundredths(text, some, end);
    long total = total(text, some, end);
    int full = line(text, end, FULL);
    long fullAverage = full < 0 ? 0 : hundredths(text, full, end);
    long fullTotal = full < 0 ? 0 : total(text, full, end);
    return average < 0 || total < 0 || fullAverage < 0 || fullTotal < 0
        ? Optional.empty()
        : Optional.of(
            new Pressure(average / 100.0, fullAverage / 100.0, micros(total), micros(fullTotal)));
  }

  private static Duration micros(long count) {
    return Duration.ofSeconds(count / 1_000_000, count % 1_000_000 * 1_000);
  }

  private static int line(byte[] text, int end, byte[] start) {
    int from = 0;
    while (from < end) {
      if (ControlBytes.startsWith(text, from, end, start)) {
        return from;
      }
      from = ControlBytes.endOfLine(text, from, end) + 1;
    }
    return -1;
  }

  /// Where the value of `key` begins in the line at `from`; -1 without it.
  private static int value(byte[] text, int from, int lineEnd, byte[] key) {
    for (int at = from; at < lineEnd; at++) {
      if (ControlBytes.startsWith(text, at, lineEnd, key)) {
        return at + key.length;
      }
    }
    return -1;
  }

  private static long total(byte[] text, int from, int end) {
    int lineEnd = ControlBytes.endOfLine(text, from, end);
    int at = value(text, from, lineEnd, TOTAL);
    long number = at < 0 ? -1 : ControlBytes.number(text, at, lineEnd);
    return number == ControlBytes.UNLIMITED ? -1 : number;
  }

  /// The kernel writes two decimals.
  private static long hundredths(byte[] text, int from, int end) {
    int lineEnd = ControlBytes.endOfLine(text, from, end);
    int at = value(text, from, lineEnd, AVERAGE);
    if (at < 0) {
      return -1;
    }
    long value = 0;
    int digits = 0;
    int point = -1;
    for (; at < lineEnd && text[at] != ' '; at++) {
      if (text[at] == '.' && point < 0) {
        point = digits;
      } else if (text[at] >= '0' && text[at] <= '9' && digits < 15) {
        value = 10 * value + (text[at] - '0');
        digits++;
      } else {
        return -1;
      }
    }
    boolean twoDecimals = point > 0 && digits - point == 2;
    return twoDecimals ? value : -1;
  }
}
