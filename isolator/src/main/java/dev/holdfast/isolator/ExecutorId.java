package dev.holdfast.isolator;

import java.nio.charset.StandardCharsets;

/// Names a workload: an executor of a framework. Any text that a person can read is a name; where
/// it becomes part of a path it is escaped, see [RunName].
public record ExecutorId(String framework, String name) {
  private static final int LONGEST = 255;

  public ExecutorId {
    require("framework", framework);
    require("executor", name);
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
