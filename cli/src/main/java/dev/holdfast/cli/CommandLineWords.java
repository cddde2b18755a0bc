package dev.holdfast.cli;

import dev.holdfast.linux.ByteText;
import dev.holdfast.linux.ControlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The words and variables that this process was given, byte for byte.
///
/// The JVM decodes both by its locale and loses what doesn't fit: in a C locale every letter beyond
/// ASCII. The command must get what the user typed.
final class CommandLineWords {
  private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
  private static final Path ENVIRONMENT = Path.of("/proc/self/environ");

  private CommandLineWords() {}

  /// The same words as `decoded`, exact.
  static String[] exact(String[] decoded) {
    if (isAscii(decoded)) {
      return decoded;
    }
    List<String> all = split(ControlFile.readBytes(ARGUMENTS, Integer.MAX_VALUE));
    // The JVM's own options come first.
    return all.subList(all.size() - decoded.length, all.size()).toArray(String[]::new);
  }

  /// The value of a variable, exact; null when there is none.
  static @org.jspecify.annotations.Nullable String variable(String name) {
    for (String variable : split(ControlFile.readBytes(ENVIRONMENT, Integer.MAX_VALUE))) {
      if (variable.startsWith(name + "=")) {
        return variable.substring(name.length() + 1);
      }
    }
    return null;
  }

  private static boolean isAscii(String[] words) {
    for (String word : words) {
      for (int i = 0; i < word.length(); i++) {
        if (word.charAt(i) >= 0x80) {
          return false;
        }
      }
    }
    return true;
  }

  private static List<String> split(byte[] terminated) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < terminated.length; i++) {
      if (terminated[i] == 0) {
        words.add(ByteText.decode(java.util.Arrays.copyOfRange(terminated, start, i)));
        start = i + 1;
      }
    }
    return words;
  }
}
