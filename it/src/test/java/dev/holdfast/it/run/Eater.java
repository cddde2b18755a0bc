package dev.holdfast.it.run;

/// A program that takes memory without end, and by its own hand: a system call that finds none at a
/// limit is not held there but fails, as `tail`'s read sometimes does.
final class Eater {
  private static final String PROGRAM = "$x .= 'x' x 65536 while 1";

  /// As words of a shell.
  static final String SHELL = "perl -e \"" + PROGRAM.replace("$", "\\$") + "\"";

  private Eater() {}

  /// The command of a run with these options.
  static String[] with(String... options) {
    String[] words = java.util.Arrays.copyOf(options, options.length + 3);
    words[options.length] = "perl";
    words[options.length + 1] = "-e";
    words[options.length + 2] = PROGRAM;
    return words;
  }
}
