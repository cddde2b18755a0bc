package dev.holdfast.cgroup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/// A set of CPUs (or memory nodes) by number, in the kernel's list format, `cpuset(7)`.
public final class CpuSet {
  private static final int HIGHEST = 8191; // CONFIG_NR_CPUS allows no more

  private final NavigableSet<Integer> ids;

  private CpuSet(NavigableSet<Integer> ids) {
    this.ids = ids;
  }

  public static CpuSet of(Collection<Integer> ids) {
    for (int id : ids) {
      if (id < 0 || id > HIGHEST) {
        throw new IllegalArgumentException("a cpu is 0 to " + HIGHEST + ", got " + id);
      }
    }
    return new CpuSet(new TreeSet<>(ids));
  }

  /// Reads `0-2,5`; the empty text is the empty set.
  ///
  /// @throws IllegalArgumentException when `text` is not in this format
  public static CpuSet parse(String text) {
    NavigableSet<Integer> ids = new TreeSet<>();
    String trimmed = text.strip();
    if (trimmed.isEmpty()) {
      return new CpuSet(ids);
    }
    for (String token : trimmed.split(",", -1)) {
      int dash = token.indexOf('-');
      int first = number(dash < 0 ? token : token.substring(0, dash), text);
      int last = dash < 0 ? first : number(token.substring(dash + 1), text);
      if (last < first) {
        throw malformed(text);
      }
      for (int id = first; id <= last; id++) {
        ids.add(id);
      }
    }
    return new CpuSet(ids);
  }

  private static int number(String token, String text) {
    String digits = token.strip();
    // Integer would take a sign, too, and the digits of any script.
    if (digits.isEmpty() || digits.chars().anyMatch(c -> c < '0' || c > '9')) {
      throw malformed(text);
    }
    try {
      int id = Integer.parseInt(digits);
      if (id <= HIGHEST) {
        return id;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw malformed(text);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a list of cpus: write 0, 0-3 or 0-2,5");
  }

  /// In ascending order.
  public List<Integer> ids() {
    return new ArrayList<>(ids);
  }

  public int size() {
    return ids.size();
  }

  public boolean isEmpty() {
    return ids.isEmpty();
  }

  public boolean contains(int id) {
    return ids.contains(id);
  }

  /// The CPUs that are here and not in `other`.
  public CpuSet minus(CpuSet other) {
    NavigableSet<Integer> rest = new TreeSet<>(ids);
    rest.removeAll(other.ids);
    return new CpuSet(rest);
  }

  /// The shortest list: `0-2,5`.
  public String format() {
    StringBuilder list = new StringBuilder();
    Iterator<Integer> rest = ids.iterator();
    int next = rest.hasNext() ? rest.next() : -1;
    while (next >= 0) {
      int first = next;
      int last = first;
      next = -1;
      while (rest.hasNext()) {
        next = rest.next();
        if (next != last + 1) {
          break;
        }
        last = next;
        next = -1;
      }
      list.append(list.isEmpty() ? "" : ",").append(first);
      if (last > first) {
        list.append('-').append(last);
      }
    }
    return list.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuSet set && set.ids.equals(ids);
  }

  @Override
  public int hashCode() {
    return ids.hashCode();
  }

  @Override
  public String toString() {
    return format();
  }
}
