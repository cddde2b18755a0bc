package dev.holdfast.cgroup.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the formats of [ControlText] from bytes, without making a string: for what is read each
/// second in each of a thousand cgroups.
final class ControlBytes {
  /// Stands for a number that is not there.
  static final long ABSENT = Long.MIN_VALUE;

  /// What `max` counts as.
  static final long UNLIMITED = Long.MAX_VALUE;

  private static final byte[] MAX = "max".getBytes(StandardCharsets.US_ASCII);

  private ControlBytes() {}

  /// The decimal number, or `max`, that stands at `from`; [#ABSENT] when neither does.
  static long number(byte[] text, int from, int end) {
    boolean negative = from < end && text[from] == '-';
    int at = negative ? from + 1 : from;
    int start = at;
    long value = 0;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      int digit = text[at] - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        return ABSENT;
      }
      value = 10 * value + digit;
      at++;
    }
    if (at == start) {
      return startsWith(text, from, end, MAX) ? UNLIMITED : ABSENT;
    }
    boolean whole = at == end || text[at] == '\n' || text[at] == ' ';
    return whole ? (negative ? -value : value) : ABSENT;
  }

  static boolean startsWith(byte[] text, int from, int end, byte[] start) {
    return end - from >= start.length
        && Arrays.equals(text, from, from + start.length, start, 0, start.length);
  }

  /// Where the line that begins at `from` ends.
  static int endOfLine(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] != '\n') {
      at++;
    }
    return at;
  }

  /// Adds up the numbers of some `name=number` words over all lines, those of block devices.
  static void sums(byte[] text, int end, byte[][] names, long[] sums) {
    Arrays.fill(sums, 0);
    int from = 0;
    while (from < end) {
      int wordEnd = from;
      while (wordEnd < end && text[wordEnd] != ' ' && text[wordEnd] != '\n') {
        wordEnd++;
      }
      for (int i = 0; i < names.length; i++) {
        int equals = from + names[i].length;
        if (equals < wordEnd && text[equals] == '=' && startsWith(text, from, wordEnd, names[i])) {
          sums[i] += Math.max(number(text, equals + 1, wordEnd), 0);
        }
      }
      from = wordEnd + 1;
    }
  }

  /// Finds the numbers of some `name number` lines; those without a line become [#ABSENT].
  static void flatKeyed(byte[] text, int end, byte[][] names, long[] values) {
    Arrays.fill(values, ABSENT);
    int from = 0;
    while (from < end) {
      int lineEnd = endOfLine(text, from, end);
      int space = from;
      while (space < lineEnd && text[space] != ' ') {
        space++;
      }
      for (int i = 0; i < names.length; i++) {
        if (names[i].length == space - from && startsWith(text, from, space, names[i])) {
          values[i] = number(text, space + 1, lineEnd);
        }
      }
      from = lineEnd + 1;
    }
  }
}
