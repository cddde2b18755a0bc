package dev.holdfast.linux.proc;

import java.util.List;

/// Who a process is and what memory it has: `/proc/PID/status`, proc_pid_status(5).
///
/// Amounts are bytes; all are 0 for kernel threads and zombies, which have no memory of their own.
/// The kernel adds them up without a lock, so they are approximate; [SmapsRollup] counts.
///
/// @param name the comm, see [PidStat#comm]; here the kernel escapes, and the escapes are resolved
/// @param uid the real user id, 32 bits without a sign
/// @param groups the supplementary group ids, 32 bits without a sign
/// @param noNewPrivileges see prctl(2); false on kernels before 4.10, which do not tell
/// @param threads 0 while the process is being reaped
/// @param vmPeak the highest `vmSize` so far
/// @param vmSize address space, whether used or not
/// @param vmHighWater the highest `rss` so far
/// @param rss resident memory: `rssAnon` + `rssFile` + `rssShmem`; those are 0 on kernels before
///   4.5
/// @param rssAnon resident anonymous memory
/// @param rssFile resident pages of files
/// @param rssShmem resident shared memory: System V, tmpfs, shared anonymous mappings
/// @param swap anonymous memory that was swapped out; shared memory is not counted
public record PidStatus(
    String name,
    int pid,
    int ppid,
    int uid,
    List<Integer> groups,
    boolean noNewPrivileges,
    int threads,
    long vmPeak,
    long vmSize,
    long vmHighWater,
    long rss,
    long rssAnon,
    long rssFile,
    long rssShmem,
    long swap) {
  private static final String SOURCE = "/proc/PID/status";

  public PidStatus {
    groups = List.copyOf(groups);
  }

  /// Parses the whole file.
  public static PidStatus parse(String status) {
    Entries entries = Entries.parse(SOURCE, status);
    return new PidStatus(
        name(entries.text("Name")),
        entries.natural("Pid"),
        entries.natural("PPid"),
        entries.account("Uid"),
        entries.accounts("Groups"),
        entries.flag("NoNewPrivs"),
        entries.natural("Threads"),
        entries.bytesOrZero("VmPeak"),
        entries.bytesOrZero("VmSize"),
        entries.bytesOrZero("VmHWM"),
        entries.bytesOrZero("VmRSS"),
        entries.bytesOrZero("RssAnon"),
        entries.bytesOrZero("RssFile"),
        entries.bytesOrZero("RssShmem"),
        entries.bytesOrZero("VmSwap"));
  }

  /// Drops the tab after the colon, and resolves `\n` and `\\`.
  private static String name(String value) {
    StringBuilder name = new StringBuilder(value.length());
    int at = value.startsWith("\t") ? 1 : 0;
    while (at < value.length()) {
      char c = value.charAt(at++);
      if (c == '\\' && at < value.length()) {
        char escaped = value.charAt(at);
        if (escaped == 'n' || escaped == '\\') {
          c = escaped == 'n' ? '\n' : '\\';
          at++;
        }
      }
      name.append(c);
    }
    return name.toString();
  }
}
