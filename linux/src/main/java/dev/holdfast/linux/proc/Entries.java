package dev.holdfast.linux.proc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The lines `key: value` of a file of `/proc`. A line without a colon is passed over, and of two
/// lines with the same key the first counts.
final class Entries {
  private static final long KIBIBYTE = 1024;

  private final String source;
  private final Map<String, String> values;

  private Entries(String source, Map<String, String> values) {
    this.source = source;
    this.values = values;
  }

  static Entries parse(String source, String text) {
    Map<String, String> values = new HashMap<>();
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      int colon = text.indexOf(':', start);
      if (colon >= 0 && colon < end) {
        values.putIfAbsent(text.substring(start, colon), text.substring(colon + 1, end));
      }
      start = end + 1;
    }
    return new Entries(source, values);
  }

  /// The value with all its blanks, those after the colon too.
  String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new MalformedException(source, "", "a line '" + key + ":'");
    }
    return value;
  }

  int natural(String key) {
    return value(key).natural(key);
  }

  int account(String key) {
    return value(key).account(key);
  }

  List<Integer> accounts(String key) {
    List<Integer> accounts = new ArrayList<>();
    Cursor value = value(key);
    while (!value.exhausted()) {
      accounts.add(value.account(key));
    }
    return accounts;
  }

  /// Reads `0` or `1`; false where the kernel has no such line.
  boolean flag(String key) {
    return values.containsKey(key) && value(key).number(0, 1, key) == 1;
  }

  /// Reads `12 kB`, kibibytes whatever the kernel calls them, as bytes.
  long bytes(String key) {
    Cursor value = value(key);
    long kibibytes = value.number(0, Long.MAX_VALUE / KIBIBYTE, key);
    if (!value.word(key).equals("kB") || !value.exhausted()) {
      throw value.malformed(key);
    }
    return kibibytes * KIBIBYTE;
  }

  /// As [#bytes], but 0 where there is no such line.
  long bytesOrZero(String key) {
    return values.containsKey(key) ? bytes(key) : 0;
  }

  private Cursor value(String key) {
    return Cursor.within(source, text(key), 0);
  }
}
