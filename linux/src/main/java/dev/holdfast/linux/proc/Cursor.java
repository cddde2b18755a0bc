package dev.holdfast.linux.proc;

import java.util.ArrayList;
import java.util.List;

/// A place in a text of `/proc`, moved from left to right by what is read. Not thread-safe.
///
/// By hand, since these texts are read at the start of a command and while a host is under load: a
/// regular expression costs classes to load, and a split costs every field that nobody wants.
final class Cursor {
  private final String source;
  private final String text;
  private int lineStart;
  private int at;
  private int end;
  private int nextLine;

  /// Stands before the first line of `text`.
  Cursor(String source, String text) {
    this(source, text, 0, 0);
  }

  private Cursor(String source, String text, int at, int end) {
    this.source = source;
    this.text = text;
    this.at = at;
    this.end = end;
  }

  /// Stands at `at` in a text that is one record, though newlines may be part of it.
  static Cursor within(String source, String text, int at) {
    return new Cursor(source, text, at, text.endsWith("\n") ? text.length() - 1 : text.length());
  }

  /// Moves to the beginning of the next line that is not empty.
  boolean nextLine() {
    while (nextLine < text.length()) {
      int newline = text.indexOf('\n', nextLine);
      lineStart = nextLine;
      at = nextLine;
      end = newline < 0 ? text.length() : newline;
      nextLine = end + 1;
      if (end > lineStart) {
        return true;
      }
    }
    return false;
  }

  boolean startsWith(char first) {
    return at < end && text.charAt(at) == first;
  }

  /// Whether nothing but blanks is left of the line.
  boolean exhausted() {
    skipBlanks();
    return at == end;
  }

  /// Passes `key`, the blanks after it and a colon, if this is what comes next.
  boolean passKey(String key) {
    if (!text.startsWith(key, at)) {
      return false;
    }
    int colon = at + key.length();
    while (colon < end && isBlank(text.charAt(colon))) {
      colon++;
    }
    if (colon >= end || text.charAt(colon) != ':') {
      return false;
    }
    at = colon + 1;
    return true;
  }

  /// Reads up to `separator`, and passes it.
  String upTo(char separator, String expected) {
    int found = text.indexOf(separator, at);
    if (found < 0 || found >= end) {
      throw malformed(expected);
    }
    String read = text.substring(at, found);
    at = found + 1;
    return read;
  }

  /// Reads the rest of the line.
  String rest() {
    String read = text.substring(at, end);
    at = end;
    return read;
  }

  /// Reads the next run of characters between blanks; one or more blanks separate.
  String word(String expected) {
    skipBlanks();
    int start = at;
    while (at < end && !isBlank(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw malformed(expected);
    }
    return text.substring(start, at);
  }

  /// Passes one space, and reads up to the next: the field between two spaces is empty.
  String field(String expected) {
    if (!startsWith(' ')) {
      throw malformed(expected);
    }
    int start = at + 1;
    int space = text.indexOf(' ', start);
    at = space < 0 || space > end ? end : space;
    return text.substring(start, at);
  }

  void skipWords(int count, String expected) {
    for (int i = 0; i < count; i++) {
      skipBlanks();
      if (at == end) {
        throw malformed(expected);
      }
      while (at < end && !isBlank(text.charAt(at))) {
        at++;
      }
    }
  }

  /// Reads a decimal number that ends where the field does.
  long number(long least, long most, String expected) {
    skipBlanks();
    long value = decimal(expected);
    if (value < least || value > most || (at < end && !isBlank(text.charAt(at)))) {
      throw malformed(expected);
    }
    return value;
  }

  /// A number of the kernel's type `int`.
  int integer(String expected) {
    return (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE, expected);
  }

  /// An `int` that counts or names something, hence not negative.
  int natural(String expected) {
    return (int) number(0, Integer.MAX_VALUE, expected);
  }

  long naturalLong(String expected) {
    return number(0, Long.MAX_VALUE, expected);
  }

  /// A `uid_t` or `gid_t`: 32 bits without a sign, in an `int` of the same bits.
  int account(String expected) {
    return (int) number(0, 0xFFFF_FFFFL, expected);
  }

  /// What stands between the commas of `text`, where it is not empty.
  static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      if (end > start) {
        parts.add(text.substring(start, end));
      }
      start = end + 1;
    }
    return parts;
  }

  MalformedException malformed(String expected) {
    return new MalformedException(source, text.substring(lineStart, end), expected);
  }

  private long decimal(String expected) {
    boolean negative = startsWith('-');
    if (negative) {
      at++;
    }
    int start = at;
    long value = 0;
    while (at < end && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      int digit = text.charAt(at) - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw malformed(expected);
      }
      value = value * 10 + digit;
      at++;
    }
    if (at == start) {
      throw malformed(expected);
    }
    return negative ? -value : value;
  }

  private void skipBlanks() {
    while (at < end && isBlank(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
