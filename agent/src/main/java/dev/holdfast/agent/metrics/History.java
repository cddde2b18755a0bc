package dev.holdfast.agent.metrics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The readings of a run in the last 15 minutes, the oldest first. Not thread-safe.
///
/// It never takes more than 24 KiB, a thousand of them 24 MiB: when it would, the oldest part keeps
/// only every tenth reading. At one reading a second an idle run keeps all, in about 6 KiB, a busy
/// one those of the last ten minutes or so.
final class History {
  static final Duration WINDOW = Duration.ofMinutes(15);
  static final int MOST_BYTES = 24 * 1024;

  private static final int CHUNK_READINGS = 64;
  private static final int THINNED_TO = 10;

  private final Deque<Chunk> sealed = new ArrayDeque<>();
  private Chunk open = new Chunk(false);
  private Optional<Reading> last = Optional.empty();

  /// @param reading later than all before
  void add(Reading reading) {
    if (last.isPresent() && reading.time() <= last.get().time()) {
      throw new IllegalArgumentException(reading + " is not later than " + last.get());
    }
    open.add(reading, last.orElse(reading));
    last = Optional.of(reading);
    if (open.count() == CHUNK_READINGS) {
      open.seal();
      sealed.add(open);
      open = new Chunk(false);
    }
    dropBefore(reading.time() - WINDOW.toMillis());
    while (size() > MOST_BYTES && !sealed.isEmpty()) {
      shrink();
    }
  }

  private void dropBefore(long time) {
    while (!sealed.isEmpty() && sealed.getFirst().lastTime() < time) {
      sealed.removeFirst();
    }
  }

  private void shrink() {
    List<Chunk> kept = new ArrayList<>(sealed);
    for (int i = 0; i < kept.size(); i++) {
      if (!kept.get(i).isThinned()) {
        kept.set(i, kept.get(i).thin(THINNED_TO));
        sealed.clear();
        sealed.addAll(kept);
        return;
      }
    }
    sealed.removeFirst();
  }

  Optional<Reading> last() {
    return last;
  }

  /// Those not before `time`, in milliseconds since 1970.
  List<Reading> since(long time) {
    List<Reading> all = new ArrayList<>();
    for (Chunk chunk : sealed) {
      addSince(time, chunk, all);
    }
    addSince(time, open, all);
    return all;
  }

  private static void addSince(long time, Chunk chunk, List<Reading> all) {
    for (Reading reading : chunk.readings()) {
      if (reading.time() >= time) {
        all.add(reading);
      }
    }
  }

  /// Bytes that it takes.
  int size() {
    int size = open.size();
    for (Chunk chunk : sealed) {
      size += chunk.size();
    }
    return size;
  }
}
