package dev.holdfast.testkit.fake;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.linux.Errno;
import java.math.BigInteger;

/// How the kernel reads the values that are written to it.
public final class KernelText {
  public static final long PAGE = 4096;

  /// PAGE_COUNTER_MAX in bytes.
  public static final long UNLIMITED = Long.MAX_VALUE / PAGE * PAGE;

  private static final BigInteger LARGEST_UNSIGNED =
      BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final BigInteger LARGEST_SIGNED = BigInteger.valueOf(Long.MAX_VALUE);
  private static final String SUFFIXES = "kmgtpe";

  private KernelText() {}

  /// `kstrtou64()`: decimal or 0x; what is above Long.MAX_VALUE counts as that.
  public static long unsigned(String text) {
    String digits = withoutNewline(text);
    BigInteger value = number(digits.startsWith("+") ? digits.substring(1) : digits);
    if (value.compareTo(LARGEST_UNSIGNED) > 0) {
      throw new Refusal(Errno.ERANGE);
    }
    return value.min(LARGEST_SIGNED).longValue();
  }

  /// `kstrtos64()`.
  public static long signed(String text) {
    String digits = withoutNewline(text);
    boolean negative = digits.startsWith("-");
    BigInteger value = number(negative ? digits.substring(1) : digits);
    if (value.compareTo(LARGEST_SIGNED) > 0) {
      throw new Refusal(Errno.ERANGE);
    }
    return negative ? -value.longValue() : value.longValue();
  }

  /// A number between two bounds, ERANGE outside.
  public static long between(long lowest, long highest, String text) {
    long value = signed(text);
    if (value < lowest || value > highest) {
      throw new Refusal(Errno.ERANGE);
    }
    return value;
  }

  /// `kstrtobool()`-like switches of cgroupfs: 0 or 1, EINVAL otherwise.
  public static boolean flag(String text) {
    long value = signed(text);
    if (value != 0 && value != 1) {
      throw new Refusal(Errno.EINVAL);
    }
    return value == 1;
  }

  /// `page_counter_memparse()`: bytes with an optional suffix, rounded down to pages, or
  /// `unlimited`.
  public static long pages(String text, String unlimited) {
    String value = text.strip();
    if (value.equals(unlimited)) {
      return UNLIMITED;
    }
    int power = 0;
    if (!value.isEmpty()) {
      power = SUFFIXES.indexOf(Character.toLowerCase(value.charAt(value.length() - 1))) + 1;
    }
    String digits = power > 0 ? value.substring(0, value.length() - 1) : value;
    BigInteger bytes = number(digits).shiftLeft(10 * power);
    return bytes.min(BigInteger.valueOf(UNLIMITED)).longValue() / PAGE * PAGE;
  }

  /// `cpulist_parse()` on a machine with `count` CPUs (or nodes); empty clears.
  public static CpuSet list(String text, int count) {
    CpuSet set;
    try {
      set = CpuSet.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          text.strip().matches("[0-9,-]+") && isHigh(text) ? Errno.ERANGE : Errno.EINVAL);
    }
    if (!set.isEmpty() && set.ids().getLast() >= count) {
      throw new Refusal(Errno.ERANGE);
    }
    return set;
  }

  /// Whether the list is well-formed but beyond what [CpuSet] can hold.
  private static boolean isHigh(String text) {
    return text.strip().matches("[0-9]{5,}");
  }

  private static BigInteger number(String digits) {
    boolean hexadecimal = digits.startsWith("0x");
    String shown = hexadecimal ? digits.substring(2) : digits;
    if (!shown.matches(hexadecimal ? "[0-9a-fA-F]+" : "[0-9]+")) {
      throw new Refusal(Errno.EINVAL);
    }
    return new BigInteger(shown, hexadecimal ? 16 : 10);
  }

  private static String withoutNewline(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
