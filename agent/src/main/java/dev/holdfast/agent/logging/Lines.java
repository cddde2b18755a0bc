package dev.holdfast.agent.logging;

import dev.holdfast.linux.Fd;
import dev.holdfast.linux.LinuxException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// A file that many threads write whole lines to. Thread-safe.
final class Lines {
  private final Fd to;

  /// A line of more than PIPE_BUF bytes may be torn by another's (`pipe(7)`). And one who waits for
  /// this lock lets go of its carrier, while each that waits in `write(2)` for a reader who stands
  /// still would keep one.
  private final ReentrantLock lock = new ReentrantLock();

  Lines(Fd to) {
    this.to = to;
  }

  void write(String lines) {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    lock.lock();
    try {
      to.writeFully(bytes);
    } catch (LinuxException nobodyReads) {
      return; // an agent goes on without its log
    } finally {
      lock.unlock();
    }
  }
}
