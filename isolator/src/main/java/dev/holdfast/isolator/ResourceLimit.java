package dev.holdfast.isolator;

import java.util.Locale;

/// A limit of `setrlimit(2)` for every process of a run.
///
/// @param soft in the resource's own unit, [#UNLIMITED] for none
/// @param hard at least `soft`
public record ResourceLimit(Resource resource, long soft, long hard) {
  /// RLIM_INFINITY, which is the largest unsigned number.
  public static final long UNLIMITED = -1;

  /// The resources and their numbers, `<asm-generic/resource.h>`.
  public enum Resource {
    CPU(0),
    FSIZE(1),
    DATA(2),
    STACK(3),
    CORE(4),
    RSS(5),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    AS(9),
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    private final int number;

    Resource(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  public ResourceLimit {
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw new IllegalArgumentException(
          "the soft limit " + soft + " of " + name(resource) + " is above the hard limit " + hard);
    }
  }

  /// Reads `nofile=1024`, `nofile=1024:4096`, `core=unlimited`, as docker does.
  ///
  /// @throws IllegalArgumentException when `text` is none of these
  public static ResourceLimit parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':', equals + 1);
    if (equals < 1) {
      throw malformed(text);
    }
    Resource resource;
    long soft;
    long hard;
    try {
      resource = Resource.valueOf(text.substring(0, equals).toUpperCase(Locale.ROOT));
      soft = amount(text.substring(equals + 1, colon < 0 ? text.length() : colon));
      hard = colon < 0 ? soft : amount(text.substring(colon + 1));
    } catch (IllegalArgumentException noSuchResourceOrNumber) {
      throw malformed(text);
    }
    return new ResourceLimit(resource, soft, hard);
  }

  private static long amount(String text) {
    if (text.equals("unlimited") || text.equals("-1")) {
      return UNLIMITED;
    }
    long amount = Long.parseLong(text);
    if (amount < 0) {
      throw new NumberFormatException(text);
    }
    return amount;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a limit: write nofile=1024, nofile=1024:4096 or core=unlimited");
  }

  private static String name(Resource resource) {
    return resource.name().toLowerCase(Locale.ROOT);
  }
}
