package dev.holdfast.isolator;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Names a workload: an executor of a framework. Any text that a person can read is a name; where
/// it becomes part of a path it is escaped, see [RunName].
public record ExecutorId(String framework, String name) {
  /// Of a run for which nobody names one.
  public static final String DEFAULT_FRAMEWORK = "default";

  private static final int LONGEST = 255;
  private static final int LONGEST_DEFAULT_NAME = 60;

  public ExecutorId {
    require("framework", framework);
    require("executor", name);
  }

  /// The executor's name where nobody gives one: the program's file name, made fit, since nobody
  /// chose it as a name.
  ///
  /// @param command the program first; may be empty
  public static String defaultName(List<String> command) {
    String program = command.isEmpty() ? "" : command.getFirst();
    String base = program.substring(program.lastIndexOf('/') + 1);
    StringBuilder name = new StringBuilder();
    int at = 0;
    while (at < base.length() && at < LONGEST_DEFAULT_NAME) {
      int point = base.codePointAt(at);
      name.appendCodePoint(isReadable(point) ? point : '?');
      at += Character.charCount(point);
    }
    return name.isEmpty() ? "run" : name.toString();
  }

  private static boolean isReadable(int point) {
    return !Character.isISOControl(point) && Character.getType(point) != Character.SURROGATE;
  }

  /// Whether this can be a framework's or an executor's name.
  static boolean isName(String text) {
    try {
      require("executor", text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void require(String what, String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the " + what + "'s name is empty");
    }
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new IllegalArgumentException(
          "the " + what + "'s name has " + length + " bytes: at most " + LONGEST + " are possible");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("the " + what + "'s name is not valid Unicode");
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw new IllegalArgumentException(
            "the " + what + "'s name has a control character at position " + (i + 1));
      }
    }
  }

  /// `framework/executor`, as users write it.
  @Override
  public String toString() {
    return framework + "/" + name;
  }
}
