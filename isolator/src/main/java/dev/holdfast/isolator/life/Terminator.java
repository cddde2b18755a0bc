package dev.holdfast.isolator.life;

import dev.holdfast.cgroup.Cgroup;
import dev.holdfast.linux.Errno;
import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.Processes;
import dev.holdfast.linux.Signal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Asks every process of a cgroup to end.
final class Terminator {
  private static final int PIDFDS_AT_ONCE = 64;

  private Terminator() {}

  /// SIGTERM to each, and SIGCONT: a stopped process takes the first only after the second.
  static void terminate(Cgroup cgroup) {
    List<Integer> pids = List.copyOf(cgroup.processes());
    for (int from = 0; from < pids.size(); from += PIDFDS_AT_ONCE) {
      terminate(cgroup, pids.subList(from, Math.min(from + PIDFDS_AT_ONCE, pids.size())));
    }
  }

  private static void terminate(Cgroup cgroup, List<Integer> pids) {
    Map<Integer, Fd> opened = new HashMap<>();
    try {
      for (int pid : pids) {
        open(pid).ifPresent(process -> opened.put(pid, process));
      }
      // A pid that is listed after it has been opened is one of the run's, whoever had it before.
      Set<Integer> listed = cgroup.processes();
      for (Map.Entry<Integer, Fd> process : opened.entrySet()) {
        if (listed.contains(process.getKey())) {
          Processes.kill(process.getValue(), Signal.TERM);
          Processes.kill(process.getValue(), Signal.CONT);
        }
      }
    } finally {
      opened.values().forEach(Fd::close);
    }
  }

  private static Optional<Fd> open(int pid) {
    try {
      return Optional.of(Processes.open(pid));
    } catch (LinuxException e) {
      // Out of descriptors, or a kernel before 5.3: by number, as everybody did then.
      if (!e.is(Errno.ESRCH)) {
        Processes.kill(pid, Signal.TERM);
        Processes.kill(pid, Signal.CONT);
      }
      return Optional.empty();
    }
  }
}
