package dev.holdfast.agent.logging;

/// A line for the log, in the form `msg="run ended" run=0b1c… verdict=exited`.
public final class LogLine {
  private final StringBuilder text = new StringBuilder();

  private LogLine() {}

  public static LogLine of(String message) {
    return new LogLine().with("msg", message);
  }

  public LogLine with(String key, Object value) {
    if (!text.isEmpty()) {
      text.append(' ');
    }
    text.append(key).append('=');
    String word = value.toString();
    boolean plain = !key.equals("msg") && word.matches("[A-Za-z0-9_./:@%+,-]+");
    if (plain) {
      text.append(word);
    } else {
      quote(word);
    }
    return this;
  }

  private void quote(String word) {
    text.append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> text.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
