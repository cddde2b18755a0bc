package dev.holdfast.linux;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A signal by number, `signal(7)`. The numbers are those of x86-64 and aarch64, which agree.
public record Signal(int number) {
  public static final Signal HUP = new Signal(1);
  public static final Signal INT = new Signal(2);
  public static final Signal QUIT = new Signal(3);
  public static final Signal BUS = new Signal(7);
  public static final Signal KILL = new Signal(9);
  public static final Signal USR1 = new Signal(10);
  public static final Signal SEGV = new Signal(11);
  public static final Signal TERM = new Signal(15);
  public static final Signal CONT = new Signal(18);
  public static final Signal STOP = new Signal(19);
  public static final Signal TSTP = new Signal(20);
  public static final Signal XCPU = new Signal(24);
  public static final Signal WINCH = new Signal(28);

  private static final int HIGHEST = 64;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "HUP"),
          Map.entry(2, "INT"),
          Map.entry(3, "QUIT"),
          Map.entry(4, "ILL"),
          Map.entry(5, "TRAP"),
          Map.entry(6, "ABRT"),
          Map.entry(7, "BUS"),
          Map.entry(8, "FPE"),
          Map.entry(9, "KILL"),
          Map.entry(10, "USR1"),
          Map.entry(11, "SEGV"),
          Map.entry(12, "USR2"),
          Map.entry(13, "PIPE"),
          Map.entry(14, "ALRM"),
          Map.entry(15, "TERM"),
          Map.entry(16, "STKFLT"),
          Map.entry(17, "CHLD"),
          Map.entry(18, "CONT"),
          Map.entry(19, "STOP"),
          Map.entry(20, "TSTP"),
          Map.entry(21, "TTIN"),
          Map.entry(22, "TTOU"),
          Map.entry(23, "URG"),
          Map.entry(24, "XCPU"),
          Map.entry(25, "XFSZ"),
          Map.entry(26, "VTALRM"),
          Map.entry(27, "PROF"),
          Map.entry(28, "WINCH"),
          Map.entry(29, "IO"),
          Map.entry(30, "PWR"),
          Map.entry(31, "SYS"));

  public Signal {
    if (number < 1 || number > HIGHEST) {
      throw new IllegalArgumentException("a signal is 1 to " + HIGHEST + ", got " + number);
    }
  }

  /// Reads `TERM`, `SIGTERM`, `term` or `15`.
  public static Optional<Signal> parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    for (Map.Entry<Integer, String> entry : NAMES.entrySet()) {
      if (entry.getValue().equals(name)) {
        return Optional.of(new Signal(entry.getKey()));
      }
    }
    try {
      int number = Integer.parseInt(text);
      return number >= 1 && number <= HIGHEST ? Optional.of(new Signal(number)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// `SIGTERM`; a real-time signal is `SIG40`.
  public String name() {
    String name = NAMES.get(number);
    return "SIG" + (name == null ? Integer.toString(number) : name);
  }

  @Override
  public String toString() {
    return name();
  }
}
