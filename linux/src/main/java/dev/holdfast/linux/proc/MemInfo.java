package dev.holdfast.linux.proc;

/// The memory of the host: `/proc/meminfo`, proc_meminfo(5). Amounts are bytes.
///
/// @param total usable memory: physical memory less what the kernel's image and firmware keep
/// @param available the kernel's estimate of what new programs could get without swapping
/// @param swapTotal 0 without swap
public record MemInfo(long total, long available, long swapTotal) {
  private static final String SOURCE = "/proc/meminfo";

  /// Parses the whole file.
  public static MemInfo parse(String meminfo) {
    Entries entries = Entries.parse(SOURCE, meminfo);
    return new MemInfo(
        entries.bytes("MemTotal"), entries.bytes("MemAvailable"), entries.bytes("SwapTotal"));
  }
}
