package dev.holdfast.linux.proc;

import java.io.Serial;

/// A text of `/proc` that does not have the form that the kernel documents.
///
/// The message reads `/proc/cgroups: expected a number of cgroups, got 'cpu 3 many 1'`.
public final class MalformedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int LONGEST_EXCERPT = 120;

  private final String source;
  private final String excerpt;
  private final String expected;

  /// Keeps the beginning of `text` only, and no control characters: a process chooses its own name.
  public MalformedException(String source, String text, String expected) {
    String excerpt = printable(text);
    super(source + ": expected " + expected + ", got '" + excerpt + "'");
    this.source = source;
    this.excerpt = excerpt;
    this.expected = expected;
  }

  /// The file, as the manual names it: `/proc/PID/stat`.
  public String source() {
    return source;
  }

  /// The line, or its beginning.
  public String excerpt() {
    return excerpt;
  }

  /// What should have stood there.
  public String expected() {
    return expected;
  }

  private static String printable(String text) {
    StringBuilder excerpt = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST_EXCERPT); i++) {
      char c = text.charAt(i);
      excerpt.append(Character.isISOControl(c) && c != '\t' ? '?' : c);
    }
    return text.length() > LONGEST_EXCERPT ? excerpt.append('…').toString() : excerpt.toString();
  }
}
