package dev.holdfast.linux.proc;

/// What the scheduler knows of a process: `/proc/PID/stat`, proc_pid_stat(5).
///
/// A pid and its start time together name a process for as long as the host is up; a pid alone is
/// used again.
///
/// @param comm the name of the program, at most 15 bytes, which the process may change to anything:
///   spaces, parentheses and newlines too, which the kernel does not escape here
/// @param state `R` running, `S` sleeping, `D` in uninterruptible sleep, `Z` zombie, `T` stopped,
///   `t` traced, `X` dead, `I` idle kernel thread
/// @param ppid the parent; 0 for a process of the kernel, or with a parent outside the pid
///   namespace
/// @param processGroup −1 while the process is being reaped
/// @param session −1 while the process is being reaped
/// @param userTicks CPU time in user mode of all threads, those that ended too, in
///   [#TICKS_PER_SECOND]
/// @param systemTicks CPU time in kernel mode, likewise
/// @param threads 0 while the process is being reaped
/// @param startTicks when it started, since boot (suspended time included), in [#TICKS_PER_SECOND]
/// @param rssPages resident memory in pages of the machine; the kernel calls it inaccurate
public record PidStat(
    int pid,
    String comm,
    char state,
    int ppid,
    int processGroup,
    int session,
    long userTicks,
    long systemTicks,
    int threads,
    long startTicks,
    long rssPages) {
  /// `USER_HZ`, the unit of time that the kernel shows to programs: fixed on x86-64 and aarch64.
  public static final int TICKS_PER_SECOND = 100;

  private static final String SOURCE = "/proc/PID/stat";

  /// Parses the one line of the file.
  public static PidStat parse(String stat) {
    // Only the last parenthesis ends the comm: nothing but numbers follows it.
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) {
      throw new MalformedException(SOURCE, stat, "a comm in parentheses");
    }
    int pid = Cursor.within(SOURCE, stat.substring(0, open), 0).natural("a pid");
    String comm = stat.substring(open + 1, close);
    Cursor fields = Cursor.within(SOURCE, stat, close + 1);
    char state = state(fields);
    int ppid = fields.natural("a ppid");
    int processGroup = fields.integer("a process group");
    int session = fields.integer("a session");
    fields.skipWords(7, "tty_nr to cmajflt");
    long userTicks = fields.naturalLong("utime");
    long systemTicks = fields.naturalLong("stime");
    fields.skipWords(4, "cutime to nice");
    int threads = fields.natural("num_threads");
    fields.skipWords(1, "itrealvalue");
    long startTicks = fields.naturalLong("starttime");
    fields.skipWords(1, "vsize");
    long rssPages = fields.naturalLong("rss");
    return new PidStat(
        pid,
        comm,
        state,
        ppid,
        processGroup,
        session,
        userTicks,
        systemTicks,
        threads,
        startTicks,
        rssPages);
  }

  /// Whether the process has ended, and only its parent has yet to hear of it.
  public boolean isZombie() {
    return state == 'Z';
  }

  private static char state(Cursor fields) {
    String state = fields.word("a state");
    if (state.length() != 1) {
      throw fields.malformed("a state of one letter");
    }
    return state.charAt(0);
  }
}
