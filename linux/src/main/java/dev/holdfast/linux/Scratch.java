package dev.holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Native memory for the arguments of one system call, borrowed from a pool.
///
/// A pool, because a thread-local would give each of a thousand virtual threads 16 KiB for ever,
/// and an arena a call costs half as much as the call. Not thread-safe: one borrower at a time.
final class Scratch implements AutoCloseable {
  static final int SIZE = 16 * 1024;

  /// The one that was used last: a queue's node for each call would be garbage.
  private static final AtomicReference<@Nullable Scratch> LATEST = new AtomicReference<>();

  private static final ConcurrentLinkedQueue<Scratch> POOL = new ConcurrentLinkedQueue<>();

  private final MemorySegment capture;
  private final MemorySegment buffer;
  private final long address;
  private int used;

  private Scratch() {
    capture = Arena.global().allocate(Native.CAPTURE);
    buffer = Arena.global().allocate(SIZE, 16);
    address = buffer.address();
  }

  static Scratch borrow() {
    Scratch scratch = LATEST.getAndSet(null);
    if (scratch == null) {
      scratch = POOL.poll();
    }
    return scratch == null ? new Scratch() : scratch;
  }

  @Override
  public void close() {
    used = 0;
    if (!LATEST.compareAndSet(null, this)) {
      POOL.offer(this);
    }
  }

  MemorySegment capture() {
    return capture;
  }

  MemorySegment buffer() {
    return buffer;
  }

  /// Where [#buffer] begins, as the pointer that C wants.
  long address() {
    return address;
  }

  /// Puts a NUL-terminated string behind what was put before, and returns its address.
  ///
  /// @throws LinuxException ENAMETOOLONG when it doesn't fit
  long string(String text) {
    byte[] bytes = ByteText.encode(text);
    if (used + bytes.length + 1 > SIZE) {
      throw new LinuxException("path", text.substring(0, 64) + "…", Errno.ENAMETOOLONG);
    }
    int start = used;
    MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, start, bytes.length);
    buffer.set(ValueLayout.JAVA_BYTE, start + bytes.length, (byte) 0);
    used = (start + bytes.length + 1 + 7) & ~7;
    return address + start;
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
    return bytes;
  }
}
