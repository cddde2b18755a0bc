package dev.holdfast.cgroup;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// An amount of memory or disk, in bytes, never negative.
public record Bytes(long count) implements Comparable<Bytes> {
  public static final Bytes ZERO = new Bytes(0);

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final String LETTERS = "kmgtpe";

  public Bytes {
    if (count < 0) {
      throw new IllegalArgumentException("an amount of bytes is not negative, got " + count);
    }
  }

  public static Bytes ofMebibytes(long count) {
    return new Bytes(Math.multiplyExact(count, 1L << 20));
  }

  /// Reads `1073741824`, `512m`, `1.5G`, `512MiB`, `64 KB`: the units are powers of 1024 whatever
  /// their spelling, as docker's are.
  ///
  /// @throws IllegalArgumentException when `text` is none of these; a fraction of a byte counts as
  ///   one
  public static Bytes parse(String text) {
    String trimmed = text.strip();
    int digits = 0;
    while (digits < trimmed.length() && isNumeral(trimmed.charAt(digits))) {
      digits++;
    }
    int power = power(trimmed.substring(digits).strip().toLowerCase(Locale.ROOT));
    if (digits == 0 || power < 0) {
      throw malformed(text);
    }
    try {
      return new Bytes(
          new BigDecimal(trimmed.substring(0, digits))
              .multiply(BigDecimal.valueOf(1L << (10 * power)))
              .setScale(0, RoundingMode.CEILING)
              .longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static boolean isNumeral(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static int power(String unit) {
    if (unit.isEmpty() || unit.equals("b")) {
      return 0;
    }
    int power = LETTERS.indexOf(unit.charAt(0)) + 1;
    String rest = unit.substring(1);
    return power > 0 && (rest.isEmpty() || rest.equals("b") || rest.equals("ib")) ? power : -1;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a size: write 512m, 1g, 1.5G, 512MiB or a number of bytes");
  }

  /// As the kernel reads and writes it: digits, in bytes.
  public String format() {
    return Long.toString(count);
  }

  public Bytes plus(Bytes other) {
    return new Bytes(Math.addExact(count, other.count));
  }

  /// For a person: `64 MiB`, `1.5 GiB`, `66.3 MiB`; one decimal at the most.
  @Override
  public String toString() {
    int unit = 0;
    double value = count;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String number = String.format(Locale.ROOT, "%.1f", value);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + " "
        + UNITS[unit];
  }

  @Override
  public int compareTo(Bytes other) {
    return Long.compare(count, other.count);
  }
}
