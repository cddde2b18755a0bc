package dev.holdfast.cgroup;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// An amount of CPU time a second, in thousandths of one CPU, never negative.
public record Cpus(long millis) implements Comparable<Cpus> {
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  public Cpus {
    if (millis < 0) {
      throw new IllegalArgumentException("an amount of cpus is not negative, got " + millis);
    }
  }

  public static Cpus ofWhole(long count) {
    return new Cpus(Math.multiplyExact(count, 1000));
  }

  /// Reads a decimal number with at most three decimals: `2`, `0.5`, `1.125`.
  ///
  /// @throws IllegalArgumentException when `text` is not one
  public static Cpus parse(String text) {
    try {
      // BigDecimal would take 1e3 and a sign, too: nobody writes cpus like that on purpose.
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if ((c < '0' || c > '9') && c != '.') {
          throw malformed(text);
        }
      }
      return new Cpus(
          new BigDecimal(text)
              .multiply(THOUSAND)
              .setScale(0, RoundingMode.UNNECESSARY)
              .longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a number of cpus: write 2, 0.5 or 1.125");
  }

  public Cpus plus(Cpus other) {
    return new Cpus(Math.addExact(millis, other.millis));
  }

  /// The decimal number, without needless zeros: `0.5`, `2`.
  @Override
  public String toString() {
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
  }

  @Override
  public int compareTo(Cpus other) {
    return Long.compare(millis, other.millis);
  }
}
