package dev.holdfast.linux.proc;

/// The memory of a process, counted page by page: `/proc/PID/smaps_rollup`, proc_pid_smaps(5),
/// since 4.14.
///
/// Amounts are bytes. The kernel walks the page tables for it, with the address space locked for
/// reading: this takes time in proportion to the memory.
///
/// @param rss resident, shared pages counted whole
/// @param pss proportional: each page divided by the number of processes that map it
/// @param pssAnon the anonymous part of `pss`; 0 on kernels before 5.3, as the next two
/// @param pssFile the part of `pss` that is pages of files
/// @param pssShmem the part of `pss` that is shared memory
/// @param privateClean resident, mapped by this process alone, not written to
/// @param privateDirty resident, mapped by this process alone, written to
/// @param anonymous resident and not of a file, those pages included that were copied on write
/// @param swap swapped out
public record SmapsRollup(
    long rss,
    long pss,
    long pssAnon,
    long pssFile,
    long pssShmem,
    long privateClean,
    long privateDirty,
    long anonymous,
    long swap) {
  private static final String SOURCE = "/proc/PID/smaps_rollup";

  /// Parses the whole file.
  public static SmapsRollup parse(String smapsRollup) {
    Entries entries = Entries.parse(SOURCE, smapsRollup);
    return new SmapsRollup(
        entries.bytes("Rss"),
        entries.bytes("Pss"),
        entries.bytesOrZero("Pss_Anon"),
        entries.bytesOrZero("Pss_File"),
        entries.bytesOrZero("Pss_Shmem"),
        entries.bytesOrZero("Private_Clean"),
        entries.bytesOrZero("Private_Dirty"),
        entries.bytesOrZero("Anonymous"),
        entries.bytesOrZero("Swap"));
  }
}
