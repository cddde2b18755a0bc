package dev.holdfast.cgroup.files;

import dev.holdfast.cgroup.CgroupException;
import dev.holdfast.cgroup.CgroupFs;
import dev.holdfast.linux.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// The text formats that control files share, docs.kernel.org/admin-guide/cgroup-v2.html "Format".
public final class ControlText {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private ControlText() {}

  /// A file with one number.
  public static long number(CgroupFs fs, Path file) {
    return number(fs.read(file).strip(), file);
  }

  public static long number(String text, Path file) {
    try {
      // memory.limit_in_bytes and its kin are unsigned, but never above Long.MAX_VALUE.
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new CgroupException.Malformed("read " + file + ": '" + text + "' is no number", file);
    }
  }

  /// CPU time in the unit of `cpuacct.stat`.
  public static Duration fromTicks(long ticks) {
    return Duration.ofNanos(ticks * (NANOS_PER_SECOND / Host.clockTicksPerSecond()));
  }

  /// A file with `name number` lines, in their order.
  public static Map<String, Long> flatKeyed(CgroupFs fs, Path file) {
    return flatKeyed(fs.read(file), file);
  }

  public static Map<String, Long> flatKeyed(String text, Path file) {
    Map<String, Long> values = new LinkedHashMap<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      if (end > start) {
        int space = text.indexOf(' ', start);
        if (space < 0 || space >= end) {
          throw new CgroupException.Malformed(
              "read " + file + ": no number in '" + text.substring(start, end) + "'", file);
        }
        values.put(text.substring(start, space), number(text.substring(space + 1, end), file));
      }
      start = end + 1;
    }
    return values;
  }
}
