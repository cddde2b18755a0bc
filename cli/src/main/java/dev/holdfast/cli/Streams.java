package dev.holdfast.cli;

import dev.holdfast.linux.Terminal;
import java.io.PrintStream;

/// Where output goes: data to stdout, messages to stderr.
record Streams(PrintStream out, PrintStream err) {
  private static final int STDERR = 2;
  private static final String RED = "\033[1;31m";
  private static final String RESET = "\033[0m";

  /// One line on stderr, as `holdfast: …`.
  void message(String text) {
    err.println("holdfast: " + printable(text));
    err.flush();
  }

  /// The same, with a word in red before it where colours are wanted.
  void alarm(String word, String text) {
    err.println("holdfast: " + (colours() ? RED + word + RESET : word) + ": " + printable(text));
    err.flush();
  }

  /// Names of commands and processes are strangers' texts: they must not drive the terminal, nor
  /// make one line two.
  static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) || isLoneSurrogate(text, i) ? '?' : c);
    }
    return clean.toString();
  }

  private static boolean isLoneSurrogate(String text, int index) {
    char c = text.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(text.charAt(index - 1)));
  }

  /// Whether stderr takes colours: a terminal, and nobody said NO_COLOR (no-color.org).
  boolean colours() {
    String refused = System.getenv("NO_COLOR");
    return (refused == null || refused.isEmpty()) && isCapableTerminal();
  }

  /// Whether stderr is a terminal that can move its cursor.
  boolean isCapableTerminal() {
    return Terminal.isTerminal(STDERR) && !"dumb".equals(System.getenv("TERM"));
  }
}
