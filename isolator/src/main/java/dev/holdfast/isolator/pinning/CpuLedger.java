package dev.holdfast.isolator.pinning;

import dev.holdfast.cgroup.CpuSet;
import dev.holdfast.cgroup.Cpus;
import dev.holdfast.isolator.IsolatorException;
import dev.holdfast.isolator.RunId;
import dev.holdfast.linux.proc.Cpu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Who owns how much of which CPU, in thousandths.
///
/// Growth takes what is free in the order socket, core, id, so that the siblings of a core go to
/// the same run; shrinking frees the CPU of which the run owns least, among equals the last. The
/// books balance: what a run holds is given back when it ends. Thread-safe.
public final class CpuLedger {
  private static final int WHOLE = 1000;

  private final Supplier<List<Cpu>> source;
  private final Map<RunId, NavigableMap<Cpu, Integer>> owned = new HashMap<>();
  private List<Cpu> cpus = List.of();

  /// @param cpus those that may be given away
  public CpuLedger(Collection<Cpu> cpus) {
    this(() -> List.copyOf(cpus));
  }

  /// @param source those that may be given away, asked for when the first is
  public CpuLedger(Supplier<List<Cpu>> source) {
    this.source = source;
  }

  /// Gives or takes until the run owns `target`; returns the CPUs that it then owns a part of.
  ///
  /// @throws IsolatorException when there isn't as much left; nothing has changed then
  ///
  /// @param taken CPUs that are others' altogether
  public synchronized CpuSet assign(RunId run, Cpus target, CpuSet taken) {
    NavigableMap<Cpu, Integer> next = next(run, target, taken);
    owned.put(run, next);
    return cpuSet(next);
  }

  /// @throws IsolatorException when [#assign] would not do it
  public synchronized void check(RunId run, Cpus target, CpuSet taken) {
    NavigableMap<Cpu, Integer> _ = next(run, target, taken);
  }

  private NavigableMap<Cpu, Integer> next(RunId run, Cpus target, CpuSet taken) {
    NavigableMap<Cpu, Integer> own = owned.getOrDefault(run, new TreeMap<>());
    long delta = target.millis() - sum(own);
    return delta >= 0 ? grow(own, usage(taken), delta) : shrink(own, -delta);
  }

  /// The same where nobody else gives CPUs away.
  public CpuSet assign(RunId run, Cpus target) {
    return assign(run, target, CpuSet.of(List.of()));
  }

  /// Books what a run has owned before this process began: `amount`, and of each of these CPUs a
  /// part. How large each was is not known any more; so parts of other runs are moved between their
  /// own CPUs where that makes room. What does not fit even so is booked on the last CPU: the
  /// kernel lets the run use it.
  public synchronized void restore(RunId run, Cpus amount, CpuSet on) {
    NavigableMap<Cpu, Integer> own = new TreeMap<>();
    owned.put(run, own);
    long left = amount.millis();
    for (Cpu cpu : cpus()) {
      if (on.contains(cpu.id()) && left > 0) {
        makeRoom(cpu, 1);
        own.put(cpu, 1);
        left--;
      }
    }
    for (Cpu cpu : List.copyOf(own.keySet())) {
      int part = (int) Math.min(left, Math.max(0, makeRoom(cpu, Math.min(left, WHOLE))));
      own.merge(cpu, part, Integer::sum);
      left -= part;
    }
    if (left > 0 && !own.isEmpty()) {
      own.merge(own.lastKey(), (int) left, Integer::sum);
    }
  }

  /// A part of a run that can go from one of its CPUs to another.
  private record Move(NavigableMap<Cpu, Integer> own, Cpu from, Cpu to) {
    int most() {
      return own.getOrDefault(from, 0) - 1;
    }

    void make(int amount) {
      own.merge(from, -amount, Integer::sum);
      own.merge(to, amount, Integer::sum);
    }
  }

  /// Moves parts of runs on, each to another CPU of its own, until `wanted` is free on `cpu` or
  /// nothing can be moved; no run loses a CPU. Returns what is free.
  private int makeRoom(Cpu cpu, long wanted) {
    int free = free(cpu);
    while (free < wanted) {
      List<Move> chain = chain(cpu);
      if (chain.isEmpty()) {
        return free;
      }
      int amount = (int) Math.min(wanted - free, free(chain.getFirst().to()));
      for (Move move : chain) {
        amount = Math.min(amount, move.most());
      }
      for (Move move : chain) {
        move.make(amount);
      }
      free = free(cpu);
    }
    return free;
  }

  /// The shortest way to a CPU with room, the last move first; empty when there is none.
  private List<Move> chain(Cpu start) {
    Map<Cpu, Move> reached = new HashMap<>();
    Deque<Cpu> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Cpu from = open.remove();
      for (NavigableMap<Cpu, Integer> own : owned.values()) {
        for (Cpu to : own.getOrDefault(from, 0) > 1 ? own.keySet() : Set.<Cpu>of()) {
          if (!to.equals(start) && reached.putIfAbsent(to, new Move(own, from, to)) == null) {
            if (free(to) > 0) {
              return path(reached, to);
            }
            open.add(to);
          }
        }
      }
    }
    return List.of();
  }

  private static List<Move> path(Map<Cpu, Move> reached, Cpu end) {
    List<Move> path = new ArrayList<>();
    for (Move move = reached.get(end); move != null; move = reached.get(move.from())) {
      path.add(move);
    }
    return path;
  }

  private int free(Cpu cpu) {
    int used = 0;
    for (Map<Cpu, Integer> own : owned.values()) {
      used += own.getOrDefault(cpu, 0);
    }
    return WHOLE - used;
  }

  /// The CPUs that a run owns a part of.
  public synchronized CpuSet cpus(RunId run) {
    return cpuSet(owned.getOrDefault(run, new TreeMap<>()));
  }

  /// The runs that own anything.
  public synchronized Set<RunId> owners() {
    return Set.copyOf(owned.keySet());
  }

  /// Takes back all that a run owns. Repeatable.
  public synchronized void release(RunId run) {
    owned.remove(run);
  }

  /// How much nobody owns; nothing when more was restored than there is.
  public synchronized Cpus free() {
    long free = (long) cpus().size() * WHOLE - sum(usage(CpuSet.of(List.of())));
    return new Cpus(Math.max(0, free));
  }

  private List<Cpu> cpus() {
    if (cpus.isEmpty()) {
      List<Cpu> sorted = new ArrayList<>(source.get());
      Collections.sort(sorted);
      cpus = sorted;
    }
    return cpus;
  }

  private NavigableMap<Cpu, Integer> grow(
      Map<Cpu, Integer> own, Map<Cpu, Integer> usage, long delta) {
    NavigableMap<Cpu, Integer> next = new TreeMap<>(own);
    long left = delta;
    for (Cpu cpu : cpus()) {
      int taken = (int) Math.min(left, Math.max(0, WHOLE - usage.getOrDefault(cpu, 0)));
      if (taken > 0) {
        next.merge(cpu, taken, Integer::sum);
        left -= taken;
      }
    }
    if (left > 0) {
      throw new IsolatorException(
          new Cpus(delta)
              + " cpus to pin are not to be had: "
              + new Cpus(delta - left)
              + " are free");
    }
    return next;
  }

  private static NavigableMap<Cpu, Integer> shrink(Map<Cpu, Integer> own, long delta) {
    NavigableMap<Cpu, Integer> next = new TreeMap<>(own);
    long left = delta;
    while (left > 0) {
      Map.Entry<Cpu, Integer> smallest = next.lastEntry();
      for (Map.Entry<Cpu, Integer> entry : next.descendingMap().entrySet()) {
        if (entry.getValue() < smallest.getValue()) {
          smallest = entry;
        }
      }
      int released = (int) Math.min(left, smallest.getValue());
      if (released == smallest.getValue()) {
        next.remove(smallest.getKey());
      } else {
        next.put(smallest.getKey(), smallest.getValue() - released);
      }
      left -= released;
    }
    return next;
  }

  private Map<Cpu, Integer> usage(CpuSet taken) {
    Map<Cpu, Integer> usage = new HashMap<>();
    for (Cpu cpu : cpus()) {
      if (taken.contains(cpu.id())) {
        usage.put(cpu, WHOLE);
      }
    }
    for (Map<Cpu, Integer> own : owned.values()) {
      own.forEach((cpu, millis) -> usage.merge(cpu, millis, Integer::sum));
    }
    return usage;
  }

  private static long sum(Map<Cpu, Integer> amounts) {
    long sum = 0;
    for (int amount : amounts.values()) {
      sum += amount;
    }
    return sum;
  }

  private static CpuSet cpuSet(Map<Cpu, Integer> own) {
    List<Integer> ids = new ArrayList<>();
    own.keySet().forEach(cpu -> ids.add(cpu.id()));
    return CpuSet.of(ids);
  }
}
