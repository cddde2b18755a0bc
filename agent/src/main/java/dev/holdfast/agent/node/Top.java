package dev.holdfast.agent.node;

import dev.holdfast.api.ProcessInfo;
import dev.holdfast.isolator.Users;
import dev.holdfast.linux.Accounts;
import dev.holdfast.linux.ControlFile;
import dev.holdfast.linux.LinuxException;
import dev.holdfast.linux.proc.MalformedException;
import dev.holdfast.linux.proc.PidStat;
import dev.holdfast.linux.proc.PidStatus;
import dev.holdfast.linux.proc.ProcFs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The processes of a run, as `/proc` tells of them.
final class Top {
  private static final int LONGEST_COMMAND = 4096;

  private final ProcFs proc;
  private final Users users;
  private final Map<Integer, String> names = new HashMap<>();

  Top(ProcFs proc, Users users) {
    this.proc = proc;
    this.users = users;
  }

  /// By pid; those that end meanwhile are left out.
  List<ProcessInfo> of(Collection<Integer> pids) {
    Instant boot = boot();
    List<ProcessInfo> found = new ArrayList<>();
    for (int pid : pids.stream().sorted().toList()) {
      process(pid, boot).ifPresent(found::add);
    }
    return found;
  }

  private Optional<ProcessInfo> process(int pid, Instant boot) {
    try {
      Optional<PidStat> stat = proc.stat(pid);
      Optional<PidStatus> status = proc.status(pid);
      if (stat.isEmpty() || status.isEmpty()) {
        return Optional.empty();
      }
      List<String> command = proc.commandLine(pid, LONGEST_COMMAND).orElse(List.of());
      long ticks = stat.get().userTicks() + stat.get().systemTicks();
      return Optional.of(
          new ProcessInfo(
              pid,
              stat.get().ppid(),
              names.computeIfAbsent(status.get().uid(), this::userName),
              String.valueOf(stat.get().state()),
              stat.get().threads(),
              (double) ticks / PidStat.TICKS_PER_SECOND,
              status.get().rss(),
              boot.plusMillis(stat.get().startTicks() * 1000 / PidStat.TICKS_PER_SECOND).toString(),
              command.isEmpty() ? "[" + stat.get().comm() + "]" : String.join(" ", command)));
    } catch (LinuxException | MalformedException unreadable) {
      return Optional.empty();
    }
  }

  private String userName(int uid) {
    return users.user(uid).map(Accounts.User::name).orElseGet(() -> Integer.toUnsignedString(uid));
  }

  /// The line `btime` of `/proc/stat`: seconds, so that starts are exact to one.
  private Instant boot() {
    for (String line : ControlFile.read(proc.root().resolve("stat")).split("\n", -1)) {
      if (line.startsWith("btime ")) {
        return Instant.ofEpochSecond(Long.parseLong(line.substring("btime ".length()).strip()));
      }
    }
    return Instant.EPOCH;
  }
}
