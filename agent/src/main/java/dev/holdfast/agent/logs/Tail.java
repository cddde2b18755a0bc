package dev.holdfast.agent.logs;

import dev.holdfast.linux.UntrustedFile;
import java.util.List;

/// Where the last lines begin.
///
/// @param file the index of the file
/// @param offset in it
record Tail(int file, long offset) {
  private static final int CHUNK = 16 * 1024;

  /// Looks from the end of `chain`, the oldest file first, for the beginning of its last `lines`
  /// lines; a last line without a newline is one.
  static Tail find(List<UntrustedFile> chain, long lines) {
    if (lines == 0 && !chain.isEmpty()) {
      return new Tail(chain.size() - 1, chain.getLast().size());
    }
    byte[] bytes = new byte[CHUNK];
    long left = lines;
    boolean first = true;
    for (int index = chain.size() - 1; index >= 0; index--) {
      UntrustedFile file = chain.get(index);
      long end = file.size();
      while (end > 0) {
        long start = Math.max(0, end - CHUNK);
        int count = file.read(bytes, 0, (int) (end - start), start);
        for (int at = count - 1; at >= 0; at--) {
          // The newline at the very end ends the last line, and begins none.
          if (bytes[at] == '\n' && !first && --left == 0) {
            return new Tail(index, start + at + 1);
          }
          first = false;
        }
        end = start;
      }
    }
    return new Tail(0, 0);
  }
}
