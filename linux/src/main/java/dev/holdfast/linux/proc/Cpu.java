package dev.holdfast.linux.proc;

import java.util.ArrayList;
import java.util.List;

/// A logical processor that is online: a block of `/proc/cpuinfo`, proc_cpuinfo(5).
///
/// The order is socket, core, id, so that hyper-threads of one core are neighbours.
///
/// @param id as in `cpuset.cpus`
/// @param core unique within the socket only, and not without gaps
/// @param socket the "physical id"
public record Cpu(int id, int core, int socket) implements Comparable<Cpu> {
  private static final String SOURCE = "/proc/cpuinfo";

  public Cpu {
    if (id < 0) {
      throw new IllegalArgumentException("a cpu id is not negative, got " + id);
    }
  }

  /// Parses the whole file, in the kernel's order, which is that of the ids. Core and socket are 0
  /// where the file does not name them, as on arm64.
  public static List<Cpu> parseAll(String cpuinfo) {
    List<Cpu> cpus = new ArrayList<>();
    Cursor line = new Cursor(SOURCE, cpuinfo);
    while (line.nextLine()) {
      if (line.passKey("processor")) {
        cpus.add(new Cpu(line.natural("a processor number"), 0, 0));
      } else if (line.passKey("physical id")) {
        Cpu last = last(cpus, line);
        cpus.set(cpus.size() - 1, new Cpu(last.id, last.core, line.integer("a physical id")));
      } else if (line.passKey("core id")) {
        Cpu last = last(cpus, line);
        cpus.set(cpus.size() - 1, new Cpu(last.id, line.integer("a core id"), last.socket));
      }
    }
    if (cpus.isEmpty()) {
      throw new MalformedException(SOURCE, cpuinfo, "at least one processor");
    }
    return List.copyOf(cpus);
  }

  @Override
  public int compareTo(Cpu other) {
    int bySocket = Integer.compare(socket, other.socket);
    if (bySocket != 0) {
      return bySocket;
    }
    int byCore = Integer.compare(core, other.core);
    return byCore != 0 ? byCore : Integer.compare(id, other.id);
  }

  private static Cpu last(List<Cpu> cpus, Cursor line) {
    if (cpus.isEmpty()) {
      throw line.malformed("a processor number first");
    }
    return cpus.getLast();
  }
}
